// Events and venues by what somebody remembers of them, as the services find them: Chinese, English, pinyin or initials. Events
// of a venue that is called so are found too.
import { events, venues } from './clients';
import type { Event } from './model';
import { type Range, type Sitting, sittingsIn, sittingsOf } from './week';
import { allPages } from '@/api/action';
import { eachOf } from '@/api/each';
import { toDate, toTimestamp } from '@/i18n/time';
import type { Venue } from '@/gen/kepu/venue/v1/venue_pb.js';

export interface Wanted {
  text: string;
  district: string;
  theme: number;
  targetGroup: number;
}

const MOST = 100;
const VENUES_ASKED = 5;
// Few events are asked for their sessions one by one; of many the sessions of the city are read.
const FEW = 8;

const startOf = (event: Event) => toDate(event.startTime)?.getTime() ?? Infinity;
const endOf = (event: Event) => toDate(event.endTime)?.getTime() ?? Infinity;
export const isOver = (event: Event, now: Date) => endOf(event) <= now.getTime();
export const once = (...lists: Event[][]): Event[] => [...new Map(lists.flat().map((event) => [event.name, event])).values()];
export const bySoonest = (one: Event, other: Event) => startOf(one) - startOf(other) || one.name.localeCompare(other.name);

export async function findVenues({ text, district }: Wanted, signal: AbortSignal): Promise<Venue[]> {
  return text ? (await venues.listVenues({ text, district, pageSize: 30 }, { signal })).venues : [];
}

// Of a span, or of any time. Whoever wants what is at a venue types its name, or a part of it.
export async function findEvents(wanted: Wanted, span: Partial<Range>, at: Venue[], signal: AbortSignal): Promise<Event[]> {
  const { text, ...filter } = wanted;
  const times = { fromTime: span.from && toTimestamp(span.from), toTime: span.to && toTimestamp(span.to) };
  const read = (more: { text: string } | { place: string }) =>
    allPages((pageToken) => events.listEvents({ ...filter, ...times, ...more, pageSize: MOST, pageToken }, { signal }), (page) => page.events, MOST);
  const [named, placed] = await Promise.all([read({ text }), eachOf(at.slice(0, VENUES_ASKED), ({ name }) => read({ place: name }))]);
  return once(named, ...placed);
}

// What can be come to in a span.
export async function findSittings(wanted: Wanted, range: Range, at: Venue[], signal: AbortSignal): Promise<Sitting[]> {
  const list = await findEvents(wanted, range, at, signal);
  return list.length <= FEW ? sittingsOf(list, range, signal) : sittingsIn(range, wanted.district, Promise.resolve(list), signal);
}
