// What things are called: pages show names of people's words, never resource names. `learn` before a page shows its content,
// so that nothing moves when a name arrives; or `nameOf` alone, which shows "…" until the name is there.
import { Code, ConnectError } from '@connectrpc/connect';
import { campaignClient, collectionClient, directoryClient, eventClient, fleetClient, identityClient, offerClient, trainingClient, venueClient } from './clients';
import { eachOf } from './each';
import { kept } from './kept';
import { collectionsOf, idOf, topOf } from './resource';
import { readDistricts, readEvent, readSpace, readVenue } from './things';
import { said } from '@/i18n';

export interface Text {
  zh?: string;
  en?: string;
}

const town = async (name: string) => (await directoryClient()).getCommunity({ name: name.replace('villages/', 'communities/') });
// By the collections of a name. What has no line of its own is called as what it belongs to: a booking as its event.
const readers: Record<string, (name: string) => Promise<Text | undefined>> = {
  campaigns: async (name) => (await (await campaignClient()).getCampaign({ name })).displayName,
  caravans: async (name) => (await (await fleetClient()).getCaravan({ name })).displayName,
  'caravans/tours': async (name) => (await (await fleetClient()).getTour({ name })).title,
  'caravans/tours/stops': async (name) => {
    const tour = await (await fleetClient()).getTour({ name: topOf(name, 2) });
    const stop = tour.stops.find((one) => one.name === name);
    if (stop?.place?.zh) return stop.place;
    return stop?.host ? textOf(stop.host) : tour.title;
  },
  communities: async (name) => (await town(name)).displayName,
  courses: async (name) => (await (await trainingClient()).getCourse({ name })).title,
  // One read tells all of today; those of the past are asked for one by one.
  districts: async (name) => (await readDistricts()).find((one) => one.name === name)?.displayName ?? (await (await directoryClient()).getDistrict({ name })).displayName,
  events: async (name) => (await readEvent(name)).displayName,
  exhibits: async (name) => (await (await collectionClient()).getExhibit({ name })).displayName,
  organizations: async (name) => (await (await directoryClient()).getOrganization({ name })).displayName,
  programmes: async (name) => (await (await eventClient()).getProgramme({ name })).displayName,
  'programmes/courses': async (name) => (await (await offerClient()).getCourse({ name })).displayName,
  schools: async (name) => (await (await directoryClient()).getSchool({ name })).displayName,
  // The name of a room is what its school calls it.
  'schools/rooms': async (name) => ({ zh: idOf(name) }),
  towns: async (name) => (await (await directoryClient()).getTown({ name })).displayName,
  users: async (name) => ({ zh: (await (await identityClient()).getUser({ name })).displayName }),
  venues: async (name) => (await readVenue(name)).displayName,
  'venues/closures': async (name) => (await (await venueClient()).getClosure({ name })).reason,
  'venues/exhibitions': async (name) => (await (await venueClient()).getExhibition({ name })).title,
  'venues/spaces': async (name) => (await readSpace(name)).displayName,
  villages: async (name) => (await town(name)).displayName,
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
