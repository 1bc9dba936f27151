import { createApp } from 'vue';
import App from './App.vue';
import { language, speak } from './i18n';
import { router } from './router';
import { reportProblems } from './shell/problems';

// What first.ts put there stays until the page that was asked for can be shown.
export async function start() {
  speak(language());
  const app = createApp(App).use(router);
  reportProblems(app, router);
  await router.isReady().catch(() => undefined);
  app.mount('#app');
}
