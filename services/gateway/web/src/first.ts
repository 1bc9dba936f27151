// What is run first: it says where one is, then brings the app piece by piece. Each piece is a task of its own, so that a slow
// phone scrolls and answers meanwhile.
import words from 'virtual:first-words';
import { wantedLanguage } from './i18n/language';
import { homeAt } from './shell/first-home';
import { nextTask } from './shell/task';
import './styles/base.css';

const language = wantedLanguage();
const home = homeAt(location.pathname);

function show() {
  const { name, help, homes: texts } = words[language];
  const at = (part: string) => document.querySelector<HTMLElement>(`#app [data-first=${part}]`)!;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  at('name').textContent = name;
  if (!home) return;
  at('title').textContent = texts[home].title;
  at('lead').textContent = texts[home].lead;
  at('help').textContent = help;
  at('page').hidden = false;
  document.title = `${texts[home].title} · ${name}`;
}

// The files of the build that the page is made of, in the order in which they need each other (scripts/vite-parts.ts).
function partsOf(...names: string[]): string[] {
  const told = document.querySelector<HTMLMetaElement>('meta[name=parts]')?.content;
  const parts = told ? (JSON.parse(told) as Record<string, string[]>) : {};
  return [...new Set(names.flatMap((name) => parts[name] ?? []))];
}

function fetchAhead(file: string) {
  const link = document.createElement('link');
  link.rel = 'modulepreload';
  link.href = file;
  document.head.append(link);
}

// A page in the background is never painted.
const painted = () => new Promise((go) => (window.requestAnimationFrame(() => window.setTimeout(go)), window.setTimeout(go, 100)));

async function bringApp() {
  const parts = partsOf('app', ...(home ? [home, `${home} ${language}`] : []));
  parts.forEach(fetchAhead);
  await painted();
  for (const part of parts) {
    // What cannot be fetched is asked for again, and reported, by the app.
    await import(/* @vite-ignore */ part).catch(() => undefined);
    await nextTask();
  }
  const { start } = await import('./main');
  start();
}
show();
void bringApp();
