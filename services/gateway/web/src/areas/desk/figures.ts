// Sessions, bookings and shifts as figures. Pure.
import { Booking_State as State, Session_State as SessionState, type Booking, type Session } from '@/gen/kepu/event/v1/event_pb.js';
import { Shift_State as ShiftState, type Shift } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { dateKey, toDate } from '@/i18n/time';
import { countOf } from './parties';
import { capacityOf, takenOf } from './words_of';

export const isOver = (session: Session, now: number) => toDate(session.endTime)!.getTime() <= now;
export const within = (time: Parameters<typeof dateKey>[0], first: string, last: string) => dateKey(time) >= first && dateKey(time) <= last;

export interface Fill {
  name: string;
  key: string; // what it is counted by
  places: number;
  taken: number;
  percent: number;
}
// How full the sessions with a limit were or are, by what `keyOf` says.
export function fillOf(sessions: Session[], keyOf: (session: Session) => string): Fill[] {
  const rows = new Map<string, Fill>();
  for (const session of sessions) {
    const places = capacityOf(session);
    if (session.state !== SessionState.SCHEDULED || !places) continue;
    const key = keyOf(session);
    const row = rows.get(key) ?? { name: session.name, key, places: 0, taken: 0, percent: 0 };
    row.places += places;
    row.taken += Math.min(takenOf(session), places);
    row.percent = (100 * row.taken) / row.places;
    rows.set(key, row);
  }
  return [...rows.values()];
}

export interface Came {
  parties: number;
  heads: number;
  missedParties: number;
  missedHeads: number;
}
// Who came and who did not, of a session that is over; whoever is not noted as missed yet but did not come counts too.
export function cameOf(bookings: Booking[]): Came {
  const sum: Came = { parties: 0, heads: 0, missedParties: 0, missedHeads: 0 };
  for (const { state, party } of bookings) {
    if (state === State.CHECKED_IN) {
      sum.parties += 1;
      sum.heads += countOf(party);
    } else if (state === State.NO_SHOW || state === State.CONFIRMED) {
      sum.missedParties += 1;
      sum.missedHeads += countOf(party);
    }
  }
  return sum;
}

export interface Service {
  month: string;
  hours: number;
  needed: number;
  signedUp: number;
}
export function serviceOf(shifts: Shift[]): Service[] {
  const months = new Map<string, Service>();
  for (const shift of shifts) {
    if (shift.state !== ShiftState.OPEN) continue;
    const month = dateKey(shift.startTime).slice(0, 7);
    const row = months.get(month) ?? { month, hours: 0, needed: 0, signedUp: 0 };
    row.hours += Number(shift.servedMinutes) / 60;
    row.needed += shift.needed;
    row.signedUp += Math.min(shift.signedUp, shift.needed);
    months.set(month, row);
  }
  return [...months.values()].sort((a, b) => a.month.localeCompare(b.month));
}
