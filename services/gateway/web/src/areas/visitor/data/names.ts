// Things that many rows show the name of, read once while the app is open.
import { Code, ConnectError } from '@connectrpc/connect';
import { events, venues } from './clients';
import type { Event } from '@/gen/kepu/event/v1/event_pb.js';
import type { Space, Venue } from '@/gen/kepu/venue/v1/venue_pb.js';

// A read that failed is not remembered.
function once<Value>(read: (name: string) => Promise<Value>) {
  const known = new Map<string, Promise<Value>>();
  return (name: string) => {
    let coming = known.get(name);
    if (!coming) {
      coming = read(name);
      coming.catch(() => known.delete(name));
      known.set(name, coming);
    }
    return coming;
  };
}

export const venueOf: (name: string) => Promise<Venue> = once((name) => venues.getVenue({ name }));
export const eventOf: (name: string) => Promise<Event> = once((name) => events.getEvent({ name }));
export const spaceOf: (name: string) => Promise<Space> = once((name) => venues.getSpace({ name }));

export interface District {
  name: string; // "districts/*"
  displayName: { zh: string; en?: string };
  seat?: { latitude: number; longitude: number };
}
// By REST: the client of all registers would be a good part of what the first page may weigh.
const districtsOnce = once(async (): Promise<District[]> => {
  const answer = await fetch('/v1/districts?pageSize=100');
  if (!answer.ok) throw new ConnectError('districts', answer.status === 429 ? Code.ResourceExhausted : Code.Unavailable);
  return ((await answer.json()) as { districts?: District[] }).districts ?? [];
});
// Those of today.
export const districtsNow = () => districtsOnce('');

export const venueOfPlace = (place: string) => /^venues\/[^/]+/.exec(place)?.[0] ?? '';
// The last part of a resource name, as addresses of pages carry it.
export const idOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);
// "events/a/sessions/b/bookings/c" → a, b, c
export const idsOf = (name: string) => name.split('/').filter((_, index) => index % 2 === 1);
