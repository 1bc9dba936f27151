// What is on in some days: sessions with the events they are of. The service lists events by time and sessions by event, so
// the sessions of each event are read, a few at a time.
import { reactive } from 'vue';
import { events } from './clients';
import type { Event, Session } from './model';
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

// Earliest first.
export async function sittingsOf(list: Event[], range: Range, signal?: AbortSignal): Promise<Sitting[]> {
  const each = await eachOf(list, async (event) =>
    (await sessionsOf(event.name, signal)).filter((session) => within(session, range)).map((session) => ({ event, session })),
  );
  return each.flat().sort((one, other) => startOf(one.session) - startOf(other.session));
}

export async function upcomingAt(place: string, signal?: AbortSignal): Promise<Session[]> {
  const all = await allPages(
    (pageToken) => events.listSessions({ parent: 'events/-', place, pageSize: 100, pageToken }, { signal }),
    (page) => page.sessions.map(live),
    600,
  );
  const now = Date.now();
  return all.filter((session) => endOf(session) > now).sort((one, other) => startOf(one) - startOf(other));
}
