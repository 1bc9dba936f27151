// `words.ts?zh` and `words.ts?en`: one language of a list that is written in both, as a reader needs no other. And
// `virtual:first-words`: the few words that are shown before the app is there.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transformWithEsbuild, type Plugin } from 'vite';

interface Tree {
  [key: string]: string | Tree;
}
type Words = Record<'zh' | 'en', Tree>;

const asked = /^(.*\/words\.ts)\?(zh|en)$/;
const first = 'virtual:first-words';
const homes = ['visitor', 'school', 'volunteer', 'staff', 'office'];
const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

// A list imports nothing but types, so that it can be read without its surroundings.
async function wordsOf(file: string): Promise<Words> {
  const { code } = await transformWithEsbuild(await readFile(file, 'utf8'), file, { format: 'esm', target: 'es2022' });
  return ((await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { default: Words }).default;
}

async function firstWords(watch: (file: string) => void) {
  const read = async (path: string) => (watch(source(path)), wordsOf(source(path)));
  const shell = await read('i18n/shell.ts');
  const lists = await Promise.all(homes.map((home) => read(`areas/${home}/words.ts`)));
  const inOne = (language: 'zh' | 'en') => {
    const { name, help } = shell[language].shell as Record<string, string>;
    const of = (list: Words) => list[language].home as Record<string, string>;
    return { name, help, homes: Object.fromEntries(homes.map((home, place) => [home, { title: of(lists[place]!).title, lead: of(lists[place]!).lead }])) };
  };
  return { zh: inOne('zh'), en: inOne('en') };
}

export const words = (): Plugin => ({
  name: 'kepu-words',
  enforce: 'pre',
  resolveId: (id) => (id === first ? `\0${first}` : undefined),
  async load(id) {
    const asJson = (value: unknown) => ({ code: `export default ${JSON.stringify(value)}`, map: null });
    if (id === `\0${first}`) return asJson(await firstWords((file) => this.addWatchFile(file)));
    const [, file, language] = asked.exec(id) ?? [];
    if (!file) return undefined;
    this.addWatchFile(file);
    return asJson((await wordsOf(file))[language as 'zh' | 'en']);
  },
});
