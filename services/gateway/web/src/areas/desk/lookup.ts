// What people call a thing, for its resource name: asked once and kept while the app is open.
import { shallowReactive } from 'vue';
import { t as word, said } from '@/i18n';
import { directory, events, fleet, venues } from './api';

interface Said {
  zh?: string;
  en?: string;
}
const texts = shallowReactive(new Map<string, Said>());
const asked = new Map<string, Promise<Said>>();

async function read(name: string): Promise<Said | undefined> {
  const parts = name.split('/');
  switch (parts[0]) {
    case 'events':
      return (await events.getEvent({ name: parts.slice(0, 2).join('/') })).displayName;
    case 'venues':
      return parts[2] === 'spaces' ? (await venues.getSpace({ name })).displayName : (await venues.getVenue({ name: parts.slice(0, 2).join('/') })).displayName;
    case 'caravans': {
      if (parts[2] !== 'tours') return (await fleet.getCaravan({ name })).displayName;
      const tour = await fleet.getTour({ name: parts.slice(0, 4).join('/') });
      if (parts[4] !== 'stops') return tour.title;
      const stop = tour.stops.find((one) => one.name === name);
      return stop?.place?.zh ? stop.place : stop?.host ? read(stop.host) : undefined;
    }
    case 'schools':
      return (await directory.getSchool({ name })).displayName;
    case 'districts':
      return (await directory.getDistrict({ name })).displayName;
    case 'communities':
    case 'villages':
      return (await directory.getCommunity({ name })).displayName;
    default:
      return undefined;
  }
}

// Nothing is known by another name than its own where it cannot be read.
export function textOf(name: string): Promise<Said> {
  let coming = asked.get(name);
  if (!coming) {
    coming = read(name).then((text) => text ?? {});
    asked.set(name, coming);
    coming.then((text) => texts.set(name, text)).catch(() => asked.delete(name));
  }
  return coming;
}

export function nameOf(name: string): string {
  if (!name) return '';
  const known = texts.get(name);
  if (known) return said(known) || word('desk.unnamed');
  void textOf(name).catch(() => texts.set(name, {}));
  return '…';
}

// People are told apart by the end of their id where the services do not say their name.
export const tagOf = (name: string) => name.slice(name.lastIndexOf('/') + 1).slice(-4).toUpperCase();
