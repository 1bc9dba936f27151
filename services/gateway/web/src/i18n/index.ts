// Chinese and English. Each area of the app has its words beside its pages and brings them when it is opened; `shell` is
// always there. Times are always those of the city.
import { createI18n } from 'vue-i18n';
import { compile } from './compile';
import shell from './shell';

export type Language = 'zh' | 'en';
export const languages: Language[] = ['zh', 'en'];

interface Tree {
  [key: string]: string | Tree;
}
export type Words = Record<Language, Tree>;

const kept = localStorage.getItem('language');
const first: Language = kept === 'zh' || kept === 'en' ? kept : navigator.language.startsWith('zh') || !navigator.language ? 'zh' : 'en';

export const i18n = createI18n({ legacy: false, messageCompiler: compile, locale: first, fallbackLocale: 'zh', messages: { zh: shell.zh, en: shell.en } as never });

export const language = () => i18n.global.locale.value as Language;

export function setLanguage(to: Language) {
  (i18n.global.locale as unknown as { value: Language }).value = to;
  localStorage.setItem('language', to);
  document.documentElement.lang = to === 'zh' ? 'zh-CN' : 'en';
}

// Adds an area's words under its name: the word `inbox.title` of staff is staff.inbox.title.
export function addWords(area: string, words: Words) {
  for (const one of languages) i18n.global.mergeLocaleMessage(one, { [area]: words[one] });
}

// Of a text that is there in the other language only, so that it is read out as what it is.
export const langOf = (text: { zh?: string; en?: string } | undefined) => (language() === 'zh' ? (text?.zh ? undefined : 'en') : text?.en ? undefined : 'zh-CN');
// A text that the services keep in both languages.
export const said = (text: { zh?: string; en?: string } | undefined) => (language() === 'zh' ? text?.zh || text?.en : text?.en || text?.zh) ?? '';
