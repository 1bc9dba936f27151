// Gathers what the timeline shows of a venue in some days. Each part is read by itself: one that fails leaves the others.
import { allPages } from '@/api/action';
import { nameOf, tell } from '@/api/names';
import { type Session, Session_State } from '@/gen/kepu/event/v1/event_pb.js';
import type { Allocation, Closure, Exhibition, OpeningDay, Space } from '@/gen/kepu/venue/v1/venue_pb.js';
import { Allocation_Purpose, Allocation_State, Closure_State, Exhibition_State } from '@/gen/kepu/venue/v1/venue_pb.js';
import type { Caravan, Maintenance, Tour, TourStop } from '@/gen/kepu/venue/v1/fleet_pb.js';
import { Tour_State } from '@/gen/kepu/venue/v1/fleet_pb.js';
import type { Shift } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { Shift_State } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { said } from '@/i18n';
import { addDays, at, fromCivil, toCivil, toDate, toTimestamp } from '@/i18n/time';
import { events, fleet, needs, venues, volunteers } from './clients';
import { listSpaces } from './venue';
import type { Bar, Row, Shade } from './rows';

export interface Gathered {
  spaces: Space[];
  allocations: Allocation[];
  taken: { space: string; start: Date; end: Date; allocation: string }[];
  sessions: Session[];
  exhibitions: Exhibition[];
  closures: Closure[];
  opening: OpeningDay[];
  caravans: Caravan[];
  tours: Tour[];
  services: { caravan: string; entry: Maintenance }[];
  shifts: Shift[];
  missing: string[]; // parts that could not be read
}

export async function listSessions(place: string, drafts: boolean): Promise<Session[]> {
  return allPages((pageToken) => events.listSessions({ parent: 'events/-', place, drafts, pageSize: 100, pageToken }), ({ sessions }) => sessions);
}

async function fleetOf(district: string, first: string, last: string) {
  const caravans = await allPages((pageToken) => fleet.listCaravans({ district, pageSize: 100, pageToken }), (page) => page.caravans);
  const tours = await allPages((pageToken) => fleet.listTours({ parent: 'caravans/-', firstDate: toCivil(first), lastDate: toCivil(last), pageSize: 100, pageToken }), (page) => page.tours);
  const calendars = await Promise.all(caravans.map(({ name }) => fleet.getCaravanCalendar({ name, firstDate: toCivil(first), lastDate: toCivil(last) })));
  const repairs = calendars.flatMap(({ entries }, index) => entries.filter(({ name }) => name.includes('/maintenances/')).map(({ name }) => ({ caravan: caravans[index]!.name, name })));
  const services = await Promise.all(repairs.map(async ({ caravan, name }) => ({ caravan, entry: await fleet.getMaintenance({ name }) })));
  const own = new Set(caravans.map(({ name }) => name));
  for (const { name, displayName } of caravans) tell(name, displayName);
  return { caravans, tours: tours.filter(({ name, partners }) => own.has(name.split('/tours/')[0]!) || partners.some((one) => own.has(one))), services };
}

export async function gather(venue: string, first: string, days: number): Promise<Gathered> {
  const last = addDays(first, days - 1);
  const from = toTimestamp(at(first));
  const to = toTimestamp(at(addDays(last, 1)));
  const missing: string[] = [];
  const part = async <Value>(name: string, read: () => Promise<Value>, none: Value): Promise<Value> => {
    try {
      return await read();
    } catch {
      missing.push(name);
      return none;
    }
  };
  // Without the halls there is nothing to show: what is wrong is said instead.
  const spaces = await listSpaces(venue);
  const [own, allocations, occupancy, sessions, drafts, exhibitions, closures, opening, shifts, draftShifts] = await Promise.all([
    venues.getVenue({ name: venue }),
    part('spaces', async () => (await Promise.all(spaces.map(({ name }) => allPages((pageToken) => venues.listAllocations({ parent: name, startTime: from, endTime: to, pageSize: 100, pageToken }), (page) => page.allocations)))).flat(), []),
    part('spaces', () => venues.listOccupancy({ venue, firstDate: toCivil(first), lastDate: toCivil(last) }), undefined),
    part('sessions', () => listSessions(venue, false), []),
    part('sessions', () => listSessions(venue, true), []),
    part('exhibitions', () => allPages((pageToken) => venues.listExhibitions({ parent: venue, showDrafts: true, pageSize: 100, pageToken }), (page) => page.exhibitions), []),
    part('closures', () => allPages((pageToken) => venues.listClosures({ parent: venue, pageSize: 100, pageToken }), (page) => page.closures), []),
    part('closures', async () => (await venues.getOpening({ name: venue, firstDate: toCivil(first), lastDate: toCivil(last) })).days, []),
    part('people', () => allPages((pageToken) => volunteers.listShifts({ place: venue, startTimeMin: from, startTimeMax: to, pageSize: 100, pageToken }), (page) => page.shifts), []),
    part('people', () => allPages((pageToken) => needs.listDraftShifts({ place: venue, pageSize: 100, pageToken }), (page) => page.shifts), []),
  ]);
  const road = await part('caravans', () => fleetOf(own.district, first, last), { caravans: [], tours: [], services: [] });
  for (const { name, title } of exhibitions) tell(name, title);
  return {
    spaces, allocations, sessions: [...sessions, ...drafts], exhibitions, closures, opening, ...road,
    taken: (occupancy?.spaces ?? []).flatMap(({ space, taken }) => taken.map((one) => ({ space, start: toDate(one.startTime)!, end: toDate(one.endTime)!, allocation: one.allocation }))),
    shifts: [...shifts, ...draftShifts.filter(({ startTime }) => toDate(startTime)! >= at(first) && toDate(startTime)! < at(addDays(last, 1)))],
    missing: [...new Set(missing)],
  };
}

export interface Words {
  closed: string;
  noSpace: string;
  places: (free: number, all: number) => string;
  people: (there: number, needed: number) => string;
  partly: string;
  own: string;
  kmText: (km: number) => string;
  heads: (count: number) => string;
  holds: (count: number) => string;
}

export const bookedOf = ({ pools }: Session) => {
  const [pool] = pools;
  return pool && !pool.unbounded ? { taken: pool.confirmed + pool.held + pool.checkedIn, all: pool.capacity } : undefined;
};

function barOfAllocation(allocation: Allocation, sessions: Map<string, Session>, words: Words): Bar {
  const session = sessions.get(allocation.holder);
  const booked = session && bookedOf(session);
  // A session knows its own time first: the hall hears of it a moment later.
  const [start, end] = [toDate(session?.startTime ?? allocation.startTime)!, toDate(session?.endTime ?? allocation.endTime)!];
  const late = start.getTime() - toDate(allocation.startTime)!.getTime();
  const along = (time: Date | undefined) => time && new Date(time.getTime() + late);
  const exhibition = allocation.purpose === Allocation_Purpose.EXHIBITION;
  const held = allocation.state === Allocation_State.HELD;
  const kind = held ? 'held' : exhibition ? 'exhibition' : allocation.holder.startsWith('events/') ? (session?.state === Session_State.DRAFT ? 'draft' : 'session') : 'use';
  return {
    id: exhibition || session ? allocation.holder : allocation.name,
    kind, start, end, before: along(toDate(allocation.takenStartTime)), after: along(toDate(allocation.takenEndTime)),
    label: allocation.holder ? nameOf(allocation.holder) : words.own,
    note: booked ? words.places(booked.taken, booked.all) : '',
    movable: !held && (exhibition || session !== undefined) && end > new Date(),
    wanting: (session?.disruptedBy.length ?? 0) > 0,
  };
}

function shadesOf(gathered: Gathered, space: string, words: Words): Shade[] {
  const closed = gathered.opening.filter(({ open }) => !open).map(({ date }) => ({ kind: 'closed' as const, label: words.closed, start: at(fromCivil(date)), end: at(addDays(fromCivil(date), 1)) }));
  const closures = gathered.closures
    .filter(({ state, spaces }) => state === Closure_State.ACTIVE && (!spaces.length || spaces.includes(space)))
    .map((one) => ({ kind: 'closure' as const, label: said(one.reason), start: toDate(one.startTime)!, end: toDate(one.endTime)! }));
  return [...closed, ...closures];
}

function planned({ exhibitions }: Gathered, space: string): Bar[] {
  return exhibitions
    .filter(({ state, spaces }) => state === Exhibition_State.DRAFT && spaces.includes(space))
    .map((one) => {
      const [first, last] = [fromCivil(one.firstDate), fromCivil(one.lastDate ?? one.firstDate)];
      return {
        id: one.name, kind: 'plan' as const, label: said(one.title), note: '', movable: true, start: at(first), end: at(addDays(last, 1)),
        before: at(addDays(first, -one.setupDays)), after: at(addDays(last, 1 + one.takedownDays)),
      };
    });
}

// What one who looks may do: tours are moved by those who plan the caravan. By the month a tour is one bar, else each stop is.
export interface Sight {
  mayPlan: (caravan: Caravan) => boolean;
  stops: boolean;
}

export function rowsOf(gathered: Gathered, words: Words, sight: Sight): Row[] {
  const sessions = new Map(gathered.sessions.map((session) => [session.name, session]));
  const rows: Row[] = gathered.spaces.map((space) => {
    const own = gathered.allocations.filter(({ name, state }) => name.startsWith(`${space.name}/`) && state !== Allocation_State.RELEASED);
    const shown = own.filter(({ holder }, index) => !sessions.has(holder) || own.findIndex((one) => one.holder === holder) === index);
    const known = new Set(own.map(({ name }) => name.split('/').pop()));
    const parts = gathered.taken
      .filter((one) => one.space === space.name && !known.has(one.allocation))
      .map((one): Bar => ({ id: `${space.name}/${one.allocation}`, kind: 'part', label: words.partly, note: '', movable: false, start: one.start, end: one.end }));
    return {
      id: space.name, group: 'spaces', label: said(space.displayName), note: space.capacity ? words.holds(space.capacity) : '',
      bars: [...shown.map((one) => barOfAllocation(one, sessions, words)), ...planned(gathered, space.name), ...parts],
      shades: shadesOf(gathered, space.name, words),
    };
  });
  const homeless = gathered.sessions.filter(({ space, state }) => !space && state !== Session_State.CANCELLED);
  if (homeless.length)
    rows.push({
      id: '', group: 'spaces', label: words.noSpace, note: '', shades: shadesOf(gathered, '', words),
      bars: homeless.map((session): Bar => {
        const booked = bookedOf(session);
        return {
          id: session.name, kind: session.state === Session_State.DRAFT ? 'draft' : 'session', label: nameOf(session.name), start: toDate(session.startTime)!, end: toDate(session.endTime)!,
          note: booked ? words.places(booked.taken, booked.all) : '', movable: toDate(session.endTime)! > new Date(), wanting: session.disruptedBy.length > 0,
        };
      }),
    });
  return [...rows, ...caravanRows(gathered, words, sight), ...peopleRows(gathered, words)];
}

const stopLabel = ({ place, host }: TourStop) => said(place) || nameOf(host);

function tourBar(tour: Tour, words: Pick<Words, 'kmText'>, movable: boolean): Bar {
  // The way out and the way home stand before the first service and after the last one.
  const stops = tour.stops;
  return {
    id: tour.name, kind: 'tour', label: said(tour.title) || stops.map(stopLabel).join('、'), note: words.kmText(tour.driveKm), movable,
    start: toDate(stops[0]?.startTime ?? tour.startTime)!, end: toDate(stops[stops.length - 1]?.endTime ?? tour.endTime)!, before: toDate(tour.startTime), after: toDate(tour.endTime),
  };
}
function stopBars(tour: Tour, words: Pick<Words, 'heads'>, movable: boolean): Bar[] {
  return tour.stops.map((stop, index) => {
    const start = toDate(stop.startTime)!;
    return {
      id: stop.name, kind: 'tour', label: stopLabel(stop), note: words.heads(stop.heads), movable, start, end: toDate(stop.endTime)!,
      before: index ? new Date(start.getTime() - stop.driveMinutes * 60_000) : toDate(tour.startTime), after: index === tour.stops.length - 1 ? toDate(tour.endTime) : undefined,
    };
  });
}

export function caravanRows({ caravans, tours, services }: Pick<Gathered, 'caravans' | 'tours' | 'services'>, words: Pick<Words, 'kmText' | 'heads'>, { mayPlan, stops }: Sight): Row[] {
  return caravans.map((caravan) => ({
    id: caravan.name, group: 'caravans', label: said(caravan.displayName), note: '', shades: [],
    bars: [
      ...tours
        .filter(({ name, partners, state }) => state !== Tour_State.CANCELLED && (name.startsWith(`${caravan.name}/`) || partners.includes(caravan.name)))
        .flatMap((tour) => {
          const movable = tour.state === Tour_State.PLANNED && tour.name.startsWith(`${caravan.name}/`) && mayPlan(caravan) && toDate(tour.startTime)! > new Date();
          return stops ? stopBars(tour, words, movable) : [tourBar(tour, words, movable)];
        }),
      ...services
        .filter((one) => one.caravan === caravan.name)
        .map(({ entry }): Bar => ({ id: entry.name, kind: 'service', label: entry.note, note: '', movable: false, start: toDate(entry.startTime)!, end: toDate(entry.endTime)! })),
    ],
  }));
}

function peopleRows({ shifts }: Gathered, words: Words): Row[] {
  const byRole = new Map<string, Shift[]>();
  for (const shift of shifts.filter(({ state }) => state !== Shift_State.CANCELLED)) byRole.set(said(shift.role), [...(byRole.get(said(shift.role)) ?? []), shift]);
  return [...byRole].map(([role, ones]) => ({
    id: `people ${role}`, group: 'people', label: role, note: '', shades: [],
    bars: ones.map((shift): Bar => ({
      id: shift.name, kind: shift.state === Shift_State.DRAFT ? 'draft' : 'shift', label: words.people(shift.signedUp, shift.needed), note: '', movable: toDate(shift.startTime)! > new Date(),
      start: toDate(shift.startTime)!, end: toDate(shift.endTime)!, wanting: shift.state === Shift_State.OPEN && shift.signedUp < shift.needed,
    })),
  }));
}
