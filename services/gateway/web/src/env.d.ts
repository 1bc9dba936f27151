/// <reference types="vite/client" />
declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent<object, object, unknown>;
  export default component;
}
// The title and the sentence below it of each home, and what the head says: scripts/vite-words.ts.
declare module 'virtual:first-words' {
  type Home = 'visitor' | 'school' | 'volunteer' | 'staff' | 'office';
  interface First {
    name: string;
    help: string;
    homes: Record<Home, { title: string; lead: string }>;
  }
  const words: { zh: First; en: First };
  export default words;
}
