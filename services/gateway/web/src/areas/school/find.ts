// What a class can come to: programmes and events with their sessions to come, narrowed by what a teacher asks for.
import { allPages } from '@/api/action';
import { eachOf } from '@/api/each';
import { learn, tell } from '@/api/names';
import { type Event, Event_State, type Programme, Programme_Delivery, Programme_State, type Session } from '@/gen/kepu/event/v1/event_pb.js';
import { addDays, at, toDate, toTimestamp, today } from '@/i18n/time';
import { events, venues } from './api';
import { isStepFree, takesSchools } from './offer';

export interface Filters {
  grade: string;
  subject: string;
  district: string;
  from: string;
  to: string;
  heads: number;
  where: string; // '', 'venue', 'school'
  stepFree: boolean;
  free: boolean;
  all: boolean;
}
export const noFilters: Filters = { grade: '', subject: '', district: '', from: '', to: '', heads: 0, where: '', stepFree: false, free: false, all: false };

// Filters lie in the address: a search can be kept, sent to a colleague and come back to.
export function filtersOf(query: Record<string, unknown>): Filters {
  const text = (key: string) => (typeof query[key] === 'string' ? (query[key] as string) : '');
  return {
    grade: text('grade'), subject: text('subject'), district: text('district'), from: text('from'), to: text('to'), where: text('where'),
    heads: Math.max(0, Number(text('heads')) || 0), stepFree: text('stepFree') === '1', free: text('free') === '1', all: text('all') === '1',
  };
}
export function queryOf(filters: Filters): Record<string, string> {
  const all = Object.entries(filters).map(([key, value]) => [key, value === true ? '1' : value ? String(value) : ''] as const);
  return Object.fromEntries(all.filter(([, value]) => value));
}

export interface Offer {
  event: Event;
  programme?: Programme;
  sessions: Session[];
}
export interface Offers {
  offers: Offer[];
  // Programmes that come to schools.
  visiting: Programme[];
}

const mostEvents = 60;
const comes = ({ deliveries }: Programme) => deliveries.includes(Programme_Delivery.AT_SCHOOL);
const stays = ({ deliveries }: Programme) => !deliveries.length || deliveries.includes(Programme_Delivery.AT_VENUE);
// What is too small for any class, like a family's show, is not offered to classes.
const smallestClass = 15;
const fits = ({ partyMin, partyMax }: Session, heads: number) =>
  heads ? heads >= partyMin && (!partyMax || heads <= partyMax) : !partyMax || partyMax >= smallestClass;

const readProgrammes = (filters: Filters) =>
  allPages(
    (pageToken) => events.listProgrammes({ grade: filters.grade, subjectId: filters.subject, pageSize: 100, pageToken }),
    (page) => page.programmes.filter(({ state }) => state !== Programme_State.RETIRED),
  );
const readEvents = (filters: Filters) => {
  const first = filters.from > today() ? at(filters.from) : new Date();
  return allPages(
    (pageToken) =>
      events.listEvents({
        district: filters.district, state: Event_State.PUBLISHED, pageSize: 100, pageToken,
        fromTime: toTimestamp(first), toTime: filters.to ? toTimestamp(at(addDays(filters.to, 1))) : undefined,
      }),
    (page) => page.events,
    500,
  );
};

export async function readEventSessions(event: string): Promise<Session[]> {
  const all = await allPages((pageToken) => events.listSessions({ parent: event, pageSize: 100, pageToken }), (page) => page.sessions, 400);
  const now = new Date();
  return all.filter((session) => takesSchools(session) && (toDate(session.startTime) ?? now) > now);
}

// What stands in the halls of a venue.
const equipment = new Map<string, Promise<Map<string, string[]>>>();
function equipmentOf(venue: string) {
  const read = async () => {
    const spaces = await allPages((pageToken) => venues.listSpaces({ parent: venue, pageSize: 100, pageToken }), (page) => page.spaces);
    return new Map(spaces.map((space) => [space.name, space.equipment]));
  };
  const coming = equipment.get(venue) ?? read();
  equipment.set(venue, coming);
  coming.catch(() => equipment.delete(venue));
  return coming;
}
async function onlyStepFree(sessions: Session[]) {
  const places = [...new Set(sessions.filter(({ space }) => space).map(({ place }) => place))];
  const known = new Map((await eachOf(places, equipmentOf)).flatMap((one) => [...one]));
  return sessions.filter((session) => isStepFree(session, known.get(session.space)));
}

export async function readOffers(filters: Filters): Promise<Offers> {
  const [programmes, all] = await Promise.all([readProgrammes(filters), readEvents(filters)]);
  const byName = new Map(programmes.map((programme) => [programme.name, programme]));
  for (const { name, displayName } of programmes) tell(name, displayName);
  for (const { name, displayName } of all) tell(name, displayName);
  const wanted = all.filter(({ programme }) => (programme ? byName.has(programme) && stays(byName.get(programme)!) : filters.all && !filters.subject));
  const end = filters.to ? at(addDays(filters.to, 1)) : undefined;
  const begin = filters.from ? at(filters.from) : undefined;
  const found = filters.where === 'school' ? [] : await eachOf(wanted.slice(0, mostEvents), async (event): Promise<Offer> => {
    let sessions = (await readEventSessions(event.name)).filter((session) => {
      const start = toDate(session.startTime)!;
      return fits(session, filters.heads) && (!begin || start >= begin) && (!end || start < end);
    });
    if (filters.stepFree) sessions = await onlyStepFree(sessions);
    return { event, programme: byName.get(event.programme), sessions };
  });
  const offers = found.filter(({ sessions }) => sessions.length).sort((one, other) => Number(one.sessions[0]!.startTime!.seconds - other.sessions[0]!.startTime!.seconds));
  const visiting = filters.where === 'venue' ? [] : programmes.filter(comes);
  await learn([...offers.flatMap(({ event, sessions }) => [event.place, event.district, sessions[0]?.place]), ...visiting.map(({ place }) => place)]);
  return { offers, visiting };
}
