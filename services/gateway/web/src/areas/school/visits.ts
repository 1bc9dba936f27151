// A school's bookings as its teachers read them: which come, what waits for an answer, what was booked before. Pure.
import { idOf } from '@/api/resource';
import type { Booking, Booking_Needs, Party, Session, WaitEntry } from '@/gen/kepu/event/v1/event_pb.js';
import { Booking_Appeal, Booking_State, WaitEntry_State } from '@/gen/kepu/event/v1/event_pb.js';
import { toDate } from '@/i18n/time';

export interface Visit {
  booking: Booking;
  session?: Session;
}

// As it stands on a letter and is read out over the phone: the id of the booking.
export const numberOf = (name: string) => idOf(name).toUpperCase();

export const headsOf = (party: Pick<Party, 'adults' | 'pupils' | 'others'> | undefined) => (party ? party.adults + party.pupils + party.others : 0);
export const adultsNeeded = (pupils: number, perAdult: number) => (perAdult > 0 ? Math.ceil(pupils / perAdult) : 0);

const standing = new Set([Booking_State.HELD, Booking_State.CONFIRMED, Booking_State.CHECKED_IN, Booking_State.REQUESTED]);
export const stands = ({ state }: Booking) => standing.has(state);
export const start = ({ session }: Visit) => toDate(session?.startTime)?.getTime() ?? 0;
const end = ({ session }: Visit) => toDate(session?.endTime)?.getTime() ?? 0;

export function coming(visits: Visit[], now: Date): Visit[] {
  return visits.filter((visit) => stands(visit.booking) && end(visit) > now.getTime()).sort((one, other) => start(one) - start(other));
}
export function past(visits: Visit[], now: Date): Visit[] {
  const over = (visit: Visit) => visit.booking.state === Booking_State.NO_SHOW || (stands(visit.booking) && end(visit) <= now.getTime());
  return visits.filter(over).sort((one, other) => start(other) - start(one));
}
export const dropped = (visits: Visit[]) => visits.filter(({ booking }) => [Booking_State.CANCELLED, Booking_State.EXPIRED, Booking_State.NOT_APPROVED].includes(booking.state));

export type TodoKind = 'offer' | 'waitOffer' | 'hold' | 'counts' | 'disrupted' | 'feedback' | 'roster' | 'appeal';
export interface Todo {
  kind: TodoKind;
  name: string; // of the booking
  session?: Session;
  until?: Date;
  count?: number;
}
const day = 86_400_000;
const feedbackDays = 30;
const countsDays = 7;

// What waits for the school, the most urgent first. Papers and feedback given are known to the pages that ask for them.
export function todos(visits: Visit[], waiting: WaitEntry[], sessions: Map<string, Session>, now: Date): Todo[] {
  const all: Todo[] = [];
  for (const { booking, session } of visits) {
    const add = (kind: TodoKind, until?: Date, count?: number) => all.push({ kind, name: booking.name, session, until, count });
    const future = start({ booking, session }) > now.getTime();
    const soon = (time: Date | undefined, days: number) => time !== undefined && time > now && time.getTime() - now.getTime() < days * day;
    if (booking.counterOffer && stands(booking)) add('offer', toDate(booking.counterOfferExpireTime));
    if (booking.state === Booking_State.HELD && !booking.fromWaitList && !booking.offeredFor) add('hold', toDate(booking.holdExpireTime));
    if (booking.state === Booking_State.CONFIRMED && future && soon(toDate(booking.freeUntil), countsDays)) add('counts', toDate(booking.freeUntil));
    if (session?.disruptedBy.length && stands(booking) && future) add('disrupted');
    if (session?.camp && stands(booking) && future && booking.rosterConsents < (booking.party?.pupils ?? 0)) add('roster', undefined, (booking.party?.pupils ?? 0) - booking.rosterConsents);
    const over = end({ booking, session });
    if (booking.state === Booking_State.CHECKED_IN && over < now.getTime() && now.getTime() - over < feedbackDays * day) add('feedback', new Date(over + feedbackDays * day));
    if (booking.state === Booking_State.NO_SHOW && booking.appeal === Booking_Appeal.APPEAL_UNSPECIFIED && now.getTime() - over < 7 * day) add('appeal', new Date(over + 7 * day));
  }
  for (const entry of waiting)
    if (entry.state === WaitEntry_State.OFFERED) all.push({ kind: 'waitOffer', name: entry.offer, session: sessions.get(entry.offer.split('/').slice(0, 4).join('/')) });
  return all.sort((one, other) => (one.until?.getTime() ?? 0) - (other.until?.getTime() ?? 0));
}

// Classes as they were booked before, the newest first: what a form offers to fill in.
export interface KnownClass {
  schoolClass: string;
  grade: string;
  pupils: number;
  adults: number;
  wheelchairs: number;
  needs?: Booking_Needs;
}
export function knownClasses(bookings: Booking[], most = 8): KnownClass[] {
  const found = new Map<string, KnownClass>();
  for (const { schoolClass, grade, party, needs } of bookings)
    if (schoolClass && party && !found.has(schoolClass))
      found.set(schoolClass, { schoolClass, grade, pupils: party.pupils, adults: party.adults, wheelchairs: party.wheelchairs, needs });
  return [...found.values()].slice(0, most);
}
