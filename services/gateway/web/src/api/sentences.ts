// Sentences of the services, with the names of things in place of their resource names.
import { eachOf } from './each';
import { kept } from './kept';
import { isName, learn, nameOf, nameOr } from './names';
import type { Refusal } from './refusal';
import { readByRest } from './rest';
import { collections, kindOf, plain } from '@/i18n/plain';
import { spanText } from '@/i18n/time';

const shape = new RegExp(`\\b(?:${collections.join('|')})(?:\\/[A-Za-z0-9_-]+)+`, 'g');
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

// As people say it: things by their names, or by what kind of thing they are, and times of the city.
const called = (name: string) => {
  const allocation = isAllocation(name) ? allocations.now(name) : undefined;
  if (allocation) return `“${nameOf(allocation.holder) || nameOf(name)}” ${spanText(new Date(allocation.startTime), new Date(allocation.endTime))}`;
  const known = isName(name) ? nameOr(name, '') : '';
  return known ? `“${known}”` : kindOf(name) || '…';
};
export const withNames = (sentence: string) => plain(sentence.replace(shape, called));

// A refusal, said so.
export function named(refusal: Refusal | undefined): Refusal | undefined {
  if (!refusal) return undefined;
  const { zh, en } = refusal.sentences;
  return { ...refusal, sentences: { ...(zh && { zh: withNames(zh) }), ...(en && { en: withNames(en) }) } };
}
