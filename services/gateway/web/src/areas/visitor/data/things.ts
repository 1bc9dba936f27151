// Events and halls that several rows of a page are about, read once while the app is open.
import { events, venues } from './clients';
import { kept } from '@/api/kept';
import type { Event } from '@/gen/kepu/event/v1/event_pb.js';
import type { Space } from '@/gen/kepu/venue/v1/venue_pb.js';

export const readEvent = kept<Event>((name) => events.getEvent({ name })).read;
export const readSpace = kept<Space>((name) => venues.getSpace({ name })).read;
