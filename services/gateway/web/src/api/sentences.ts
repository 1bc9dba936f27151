// Sentences of the services, with the names of things in place of their resource names.
import { eachOf } from './each';
import { kept } from './kept';
import { isName, learn, nameOf } from './names';
import type { Refusal } from './refusal';
import { readByRest } from './rest';
import { spanText } from '@/i18n/time';

const shape = /\b[a-z]+(?:\/[A-Za-z0-9_-]+)+/g;
const namesIn = (text: string) => (text.match(shape) ?? []).filter(isName);

// The use of a hall is told by who holds it, and when.
const isAllocation = (name: string) => /\/allocations\/[^/]+$/.test(name);
const allocations = kept(readByRest<{ holder?: string; startTime: string; endTime: string }>);

// Asks for all that are named in some texts, so that sentences made of them are whole.
export async function bringNames(...texts: string[]): Promise<void> {
  const names = texts.flatMap(namesIn);
  const holders = await eachOf(names.filter(isAllocation), (name) => allocations.read(name).then(({ holder }) => holder, () => undefined));
  await learn([...names, ...holders]);
}

export const withNames = (sentence: string) =>
  sentence.replace(shape, (name) => {
    if (!isName(name)) return name;
    const allocation = isAllocation(name) ? allocations.now(name) : undefined;
    return allocation ? `“${nameOf(allocation.holder) || nameOf(name)}” ${spanText(new Date(allocation.startTime), new Date(allocation.endTime))}` : `“${nameOf(name)}”`;
  });

// A refusal, said so.
export function named(refusal: Refusal | undefined): Refusal | undefined {
  if (!refusal) return undefined;
  const { zh, en } = refusal.sentences;
  return { ...refusal, sentences: { ...(zh && { zh: withNames(zh) }), ...(en && { en: withNames(en) }) } };
}
