// The words of the areas, each a file for each language, fetched when they are first needed.
import { addWords, bringFor, language, type Language, type Tree } from '.';

type Lists = Record<string, () => Promise<Tree>>;
const lists: Record<Language, Lists> = {
  zh: import.meta.glob<Tree>('../areas/*/words.ts', { query: '?zh', import: 'default' }),
  en: import.meta.glob<Tree>('../areas/*/words.ts', { query: '?en', import: 'default' }),
};
export const wordLists = ['visitor', 'school', 'volunteer', 'staff', 'desk', 'office', 'account'];
const wanted = new Set<string>();
const coming = new Map<string, Promise<void>>();

export function bringWordsIn(into: Language, area: string): Promise<void> {
  const list = `${into} ${area}`;
  let arriving = coming.get(list);
  if (!arriving) {
    arriving = lists[into][`../areas/${area}/words.ts`]!().then((words) => addWords(into, area, words));
    arriving.catch(() => coming.delete(list));
    coming.set(list, arriving);
  }
  return arriving;
}

// Words of an area are there before its first page shows.
export function bringWords(area: string): Promise<void> {
  wanted.add(area);
  return bringWordsIn(language(), area);
}
// Whoever changes the language sees no page without words.
bringFor((to) => Promise.all([...wanted].map((area) => bringWordsIn(to, area))));
