// What things are called: names of resources are never shown to people. Each is asked for once; `learn` before a page shows
// its content, so that nothing moves when a name arrives.
import { shallowReactive } from 'vue';
import { said } from '@/i18n';
import { collections, directory, eachOf, events, offers, venues } from './api';

interface Text {
  zh?: string;
  en?: string;
}
const known = shallowReactive(new Map<string, Text>());
const asked = new Map<string, Promise<void>>();

type Named = { displayName?: Text };
const readers: [RegExp, (name: string) => Promise<Named>][] = [
  [/^venues\/[^/]+$/, (name) => venues.getVenue({ name })],
  [/^venues\/[^/]+\/spaces\/[^/]+$/, (name) => venues.getSpace({ name })],
  [/^programmes\/[^/]+$/, (name) => events.getProgramme({ name })],
  [/^programmes\/[^/]+\/courses\/[^/]+$/, (name) => offers.getCourse({ name })],
  [/^events\/[^/]+$/, (name) => events.getEvent({ name })],
  [/^schools\/[^/]+$/, (name) => directory.getSchool({ name })],
  [/^districts\/[^/]+$/, (name) => directory.getDistrict({ name })],
  [/^exhibits\/[^/]+$/, (name) => collections.getExhibit({ name })],
];

// What a page has read anyway.
export const teach = (name: string, text: Text | undefined) => text && known.set(name, text);

async function ask(name: string) {
  const reader = readers.find(([shape]) => shape.test(name))?.[1];
  if (!reader) return;
  try {
    teach(name, (await reader(name)).displayName);
  } catch {
    // Shown as nothing now, and asked for again by the next page.
    asked.delete(name);
  }
}

export async function learn(names: (string | undefined)[]) {
  const wanted = [...new Set(names)].filter((name): name is string => !!name && !known.has(name));
  await eachOf(wanted, (name) => {
    const coming = asked.get(name) ?? ask(name);
    asked.set(name, coming);
    return coming;
  });
}

// In a room of a school the name is what the school calls it.
export const nameOf = (name: string | undefined) => (name ? (/^schools\/[^/]+\/rooms\/(.+)$/.exec(name)?.[1] ?? said(known.get(name))) : '');
