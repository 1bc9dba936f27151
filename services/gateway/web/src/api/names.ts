// What things are called: pages show names of people's words, never resource names. `learn` before a page shows its content,
// so that nothing moves when a name arrives; or `nameOf` alone, which shows "…" until the name is there.
import { Code, ConnectError } from '@connectrpc/connect';
import { readDistricts } from './districts';
import { eachOf } from './each';
import { kept } from './kept';
import { collectionsOf, idOf, topOf } from './resource';
import { readByRest } from './rest';
import { said } from '@/i18n';

export interface Text {
  zh?: string;
  en?: string;
}
interface Stop {
  name: string;
  place?: Text;
  host?: string;
}
// What things say of themselves, each a part of it.
interface Named {
  displayName?: Text | string;
  title?: Text;
  reason?: Text;
  role?: Text;
  holder?: string;
  stops?: Stop[];
}

async function ownName(name: string): Promise<Text | undefined> {
  const { displayName, title, reason } = await readByRest<Named>(name);
  return typeof displayName === 'string' ? { zh: displayName } : (displayName ?? title ?? reason);
}
// A stop of a caravan is called by its place, or by who it comes to.
async function stopName(name: string): Promise<Text | undefined> {
  const { title, stops = [] } = await readByRest<Named>(topOf(name, 2));
  const stop = stops.find((one) => one.name === name);
  if (stop?.place?.zh) return stop.place;
  return stop?.host ? textOf(stop.host) : title;
}
// Most tours have no title of their own: they are called by where they go.
async function tourName(name: string): Promise<Text | undefined> {
  const { title, stops = [] } = await readByRest<Named>(name);
  if (title?.zh) return title;
  const places = await Promise.all(stops.map(async ({ place, host = '' }) => (place?.zh ? place : textOf(host))));
  return { zh: places.map(({ zh }) => zh).join('、'), en: places.map(({ zh, en }) => en || zh).join(', ') };
}
// By the collections of a name. What has no line of its own is called as what it belongs to: a booking as its event.
const readers: Record<string, (name: string) => Promise<Text | undefined>> = {
  campaigns: ownName,
  caravans: ownName,
  'caravans/tours': tourName,
  'caravans/tours/stops': stopName,
  communities: ownName,
  courses: ownName,
  // One read tells all of today; those of the past are asked for one by one.
  districts: async (name) => (await readDistricts()).find((one) => one.name === name)?.displayName ?? ownName(name),
  events: ownName,
  exhibits: ownName,
  organizations: ownName,
  programmes: ownName,
  'programmes/courses': ownName,
  rounds: ownName,
  routes: ownName,
  schools: ownName,
  // The name of a room is what its school calls it.
  'schools/rooms': async (name) => ({ zh: idOf(name) }),
  // A shift is called by what people do in it, a request by where it asks one to come.
  shifts: async (name) => (await readByRest<Named>(name)).role,
  stopRequests: async (name) => {
    const { place, host } = await readByRest<Stop>(name);
    return place?.zh ? place : host ? textOf(host) : undefined;
  },
  // A title is called by who holds it.
  titles: async (name) => textOf((await readByRest<Named>(name)).holder ?? ''),
  towns: ownName,
  users: ownName,
  venues: ownName,
  'venues/closures': ownName,
  'venues/exhibitions': ownName,
  'venues/spaces': ownName,
  villages: (name) => ownName(name.replace('villages/', 'communities/')),
};

// The thing whose name it is: of a name, itself or what it belongs to; nothing of other words.
function namedBy(name: string): string {
  const collections = collectionsOf(name);
  for (let things = name.split('/').length >> 1; things > 0; things--) if (readers[collections.slice(0, things).join('/')]) return topOf(name, things);
  return '';
}
export const isName = (text: string) => namedBy(text) !== '';

// What may not be seen, or is gone, has no name; that is known then.
const nothing = [Code.NotFound, Code.PermissionDenied, Code.InvalidArgument];
const texts = kept<Text>(async (name) => {
  try {
    return (await readers[collectionsOf(name).join('/')]!(name)) ?? {};
  } catch (cause) {
    if (nothing.includes(ConnectError.from(cause).code)) return {};
    throw cause;
  }
});

export const textOf = async (name: string): Promise<Text> => (isName(name) ? texts.read(namedBy(name)) : {});

// What a page has read anyway, or has changed.
export const tell = (name: string, text: Text | undefined) => text && texts.put(name, text);

// What cannot be read is shown as "…", and asked for again.
export async function learn(names: (string | undefined)[]): Promise<void> {
  const wanted = [...new Set(names)].filter((name): name is string => !!name);
  await eachOf(wanted, (name) => textOf(name).catch(() => undefined));
}

// What a thing is called, or `absent` where it has no name. Words that are no resource name are given back as they are.
export function nameOr(name: string | undefined, absent: string): string {
  if (!name) return '';
  const own = namedBy(name);
  if (!own) return name;
  const text = texts.now(own);
  return text ? said(text) || absent : '…';
}
export const nameOf = (name: string | undefined) => nameOr(name, '–');
