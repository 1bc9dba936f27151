// Venues, their spaces and events as a whole, for lists that show more of them than a name.
import { Code, ConnectError } from '@connectrpc/connect';
import { eventClient, venueClient } from './clients';
import { kept } from './kept';
import type { Event } from '@/gen/kepu/event/v1/event_pb.js';
import type { Space, Venue } from '@/gen/kepu/venue/v1/venue_pb.js';

const venues = kept<Venue>(async (name) => (await venueClient()).getVenue({ name }));
const spaces = kept<Space>(async (name) => (await venueClient()).getSpace({ name }));
const events = kept<Event>(async (name) => (await eventClient()).getEvent({ name }));
export const readVenue = venues.read;
// Nothing of a place that is no venue.
export const venueNow = (place: string) => venues.now(venueOfPlace(place));
export const readSpace = spaces.read;
export const readEvent = events.read;

export interface District {
  name: string; // "districts/*"
  displayName: { zh: string; en?: string };
  seat?: { latitude: number; longitude: number };
}
// By REST: the client of all registers would be a good part of what the first page may weigh.
const lists = kept<District[]>(async () => {
  const answer = await fetch('/v1/districts?pageSize=100');
  if (!answer.ok) throw new ConnectError('districts', answer.status === 429 ? Code.ResourceExhausted : Code.Unavailable);
  return ((await answer.json()) as { districts?: District[] }).districts ?? [];
});
// Those of today.
export const readDistricts = () => lists.read('all');
export const districtsNow = () => lists.now('all') ?? [];

// The venue where something is; nothing for what is elsewhere.
export const venueOfPlace = (place: string) => /^venues\/[^/]+/.exec(place)?.[0] ?? '';
