// What is on in some days: sessions with the events they are of.
import { reactive } from 'vue';
import { events } from './clients';
import { type Event, Event_Kind, type Session } from './model';
import { allPages } from '@/api/action';
import { eachOf } from '@/api/each';
import { toDate, toTimestamp } from '@/i18n/time';

export interface Sitting {
  event: Event;
  session: Session;
}
export interface Range {
  from: Date;
  to: Date;
}
export interface Filter {
  district?: string;
  place?: string;
  theme?: number;
  targetGroup?: number;
  kind?: number;
}

const startOf = (session: Session) => toDate(session.startTime)?.getTime() ?? 0;
const endOf = (session: Session) => toDate(session.endTime)?.getTime() ?? 0;
export const within = (session: Session, { from, to }: Range) => startOf(session) < to.getTime() && endOf(session) > from.getTime();

export const eventsIn = ({ from, to }: Range, filter: Filter, most = 100, signal?: AbortSignal): Promise<Event[]> =>
  allPages(
    (pageToken) => events.listEvents({ ...filter, fromTime: toTimestamp(from), toTime: toTimestamp(to), pageSize: Math.min(100, most), pageToken }, { signal }),
    (page) => page.events,
    most,
  );

// Sessions are reactive: live events change them in place.
const live = (session: Session) => reactive(session) as Session;
export const sessionOf = async (name: string, signal?: AbortSignal) => live(await events.getSession({ name }, { signal }));

export const sessionsOf = (event: string, signal?: AbortSignal): Promise<Session[]> =>
  allPages(
    (pageToken) => events.listSessions({ parent: event, pageSize: 100, pageToken }, { signal }),
    (page) => page.sessions.map(live),
    400,
  );

const byStart = (one: Sitting, other: Sitting) => startOf(one.session) - startOf(other.session);
const DAY = 86400e3;

// Of all events of a district, or of the city (""), in a few calls; earliest first. Sessions are listed by their start: one that
// runs into the span began at most a day before it, but for camps, which are asked for by themselves.
export async function sittingsIn(range: Range, district: string, coming: Promise<Event[]>, signal?: AbortSignal): Promise<Sitting[]> {
  const sessions = allPages(
    (pageToken) =>
      events.listSessions({ parent: 'events/-', district, fromTime: toTimestamp(new Date(range.from.getTime() - DAY)), toTime: toTimestamp(range.to), pageSize: 100, pageToken }, { signal }),
    (page) => page.sessions.map(live),
  );
  const [list, all] = await Promise.all([coming, sessions]);
  const camps = list.filter(({ kind }) => kind === Event_Kind.CAMP);
  const ofCamps = await sittingsOf(camps, range, signal);
  const byName = new Map(list.filter(({ kind }) => kind !== Event_Kind.CAMP).map((event) => [event.name, event]));
  const others = all.flatMap((session) => {
    const event = byName.get(session.name.split('/').slice(0, 2).join('/'));
    return event && within(session, range) ? [{ event, session }] : [];
  });
  return [...others, ...ofCamps].sort(byStart);
}

// Of some events, a few of them at a time; earliest first.
export async function sittingsOf(list: Event[], range: Range, signal?: AbortSignal): Promise<Sitting[]> {
  const each = await eachOf(list, async (event) =>
    (await sessionsOf(event.name, signal)).filter((session) => within(session, range)).map((session) => ({ event, session })),
  );
  return each.flat().sort(byStart);
}

// What is on at a place and comes next, by the start: what began more than a day ago has little left to come to.
export async function upcomingAt(place: string, signal?: AbortSignal): Promise<Session[]> {
  const now = Date.now();
  const { sessions } = await events.listSessions({ parent: 'events/-', place, fromTime: toTimestamp(new Date(now - DAY)), pageSize: 100 }, { signal });
  return sessions.map(live).filter((session) => endOf(session) > now);
}
