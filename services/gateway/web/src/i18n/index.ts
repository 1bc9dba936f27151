// Chinese and English. Each area of the app has its words beside its pages and brings them when it is opened; `shell` is
// always there. Times are always those of the city.
import { ref, shallowReactive } from 'vue';
import { type Compiled, type Values, compile } from './compile';
import { type Language, wantedLanguage } from './language';
import shell from './shell';

export { type Language, languages } from './language';

export interface Tree {
  [key: string]: string | Tree;
}
export type Words = Record<Language, Tree>;

const locale = ref<Language>(wantedLanguage());
// By language and area; what comes later shows where it was missed.
const lists = shallowReactive(new Map<string, Tree>());
const compiled = new Map<string, Compiled>();

// Adds an area's words under its name: the word `inbox.title` of staff is staff.inbox.title.
export const addWords = (into: Language, area: string, words: Tree) => void lists.set(`${into} ${area}`, words);
addWords('zh', 'shell', shell.zh.shell);
addWords('en', 'shell', shell.en.shell);

function under(key: string, into: Language): string | Tree | undefined {
  const [area = '', ...path] = key.split('.');
  return path.reduce<string | Tree | undefined>((tree, part) => (typeof tree === 'object' ? tree[part] : undefined), lists.get(`${into} ${area}`));
}
const wordAt = (key: string, into: Language) => {
  const found = under(key, into);
  return typeof found === 'string' ? found : undefined;
};

// A word in a language, whatever the app speaks; the key where there is none, which the check of words does not let through.
export function wordIn(into: Language, key: string, values: Values = {}): string {
  const text = wordAt(key, into);
  if (text === undefined) return key;
  let made = compiled.get(text);
  if (!made) compiled.set(text, (made = compile(text)));
  return made(values);
}
export const t = (key: string, values?: Values) => wordIn(locale.value, key, values);
export const te = (key: string) => wordAt(key, locale.value) !== undefined;
// The names of what stands under a branch: keysUnder('staff.help').
export const keysUnder = (key: string) => Object.keys((under(key, locale.value) as Tree | undefined) ?? {});

export const useI18n = () => ({ t, te, locale });

export const language = () => locale.value;

// Fetches what a language needs before it is spoken.
let bring: (to: Language) => Promise<unknown> = () => Promise.resolve();
export const bringFor = (how: typeof bring) => void (bring = how);

export function speak(to: Language) {
  locale.value = to;
  document.documentElement.lang = to === 'zh' ? 'zh-CN' : 'en';
}
export async function setLanguage(to: Language) {
  await bring(to);
  localStorage.setItem('language', to);
  speak(to);
}

// Of a text that is there in the other language only, so that it is read out as what it is.
export const langOf = (text: { zh?: string; en?: string } | undefined) => (language() === 'zh' ? (text?.zh ? undefined : 'en') : text?.en ? undefined : 'zh-CN');
// A text that the services keep in both languages.
export const said = (text: { zh?: string; en?: string } | undefined) => (language() === 'zh' ? text?.zh || text?.en : text?.en || text?.zh) ?? '';
