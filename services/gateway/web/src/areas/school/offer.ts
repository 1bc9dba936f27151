// Whether a class can have a place in a session, told before anybody clicks: pure.
import type { Pool, Session } from '@/gen/kepu/event/v1/event_pb.js';
import { Booking_Kind, Pool_Counts, Session_State } from '@/gen/kepu/event/v1/event_pb.js';
import { Staffing_State } from '@/gen/kepu/event/v1/session_terms_pb.js';
import { toDate } from '@/i18n/time';

export type Standing = 'open' | 'few' | 'wait' | 'unbounded' | 'notYet' | 'closed' | 'past' | 'cancelled' | 'disrupted' | 'round' | 'staff';
export interface Availability {
  standing: Standing;
  // Heads for which there are places; of `unbounded` it says nothing.
  free: number;
}

const forSchools = ({ kinds }: Pool) => kinds.length === 0 || kinds.includes(Booking_Kind.SCHOOL);
export const takesSchools = (session: Session) => session.pools.some(forSchools);

// Who an allotment is for, of what is known of a school.
export interface Beneficiary {
  school?: string;
  district?: string;
}
function freeOf(pool: Pool, session: Session, us: Beneficiary) {
  const ours = session.allotments
    .filter(({ pool: id, released, beneficiaries }) => id === pool.id && !released && beneficiaries.some((one) => one === us.school || one === us.district))
    .reduce((sum, { places, taken }) => sum + Math.max(0, places - taken), 0);
  return pool.free - Math.max(0, pool.setAside - ours);
}

export function freeHeads(session: Session, us: Beneficiary = {}): number {
  const counted = session.pools.filter((pool) => forSchools(pool) && !pool.unbounded && pool.counts !== Pool_Counts.WHEELCHAIRS);
  const all = counted.map((pool) => (pool.counts === Pool_Counts.PARTIES ? (freeOf(pool, session, us) > 0 ? Infinity : 0) : freeOf(pool, session, us)));
  return Math.max(0, Math.min(Infinity, ...all));
}

// Every pool has what the party takes of it: pools of pupils count them alone.
function hasRoom(session: Session, heads: number, pupils: number, us: Beneficiary) {
  const needs = (pool: Pool) => (pool.counts === Pool_Counts.PARTIES ? 1 : pool.counts === Pool_Counts.PUPILS_ONLY ? pupils : heads);
  return session.pools.every((pool) => !forSchools(pool) || pool.unbounded || pool.counts === Pool_Counts.WHEELCHAIRS || freeOf(pool, session, us) >= needs(pool));
}

// The most pupils for whom there are places beside so many adults; what a booking has already (`own`) it need not find again.
export function mostPupils(session: Session, adults: number, us: Beneficiary = {}, own = { pupils: 0, adults: 0 }): number {
  const left = (pool: Pool) => {
    if (pool.counts === Pool_Counts.PARTIES) return own.pupils + own.adults > 0 || freeOf(pool, session, us) > 0 ? Infinity : 0;
    if (pool.counts === Pool_Counts.PUPILS_ONLY) return freeOf(pool, session, us) + own.pupils;
    return freeOf(pool, session, us) + own.pupils + own.adults - adults;
  };
  const counted = session.pools.filter((pool) => forSchools(pool) && !pool.unbounded && pool.counts !== Pool_Counts.WHEELCHAIRS);
  return Math.max(0, Math.min(Infinity, ...counted.map(left)));
}

const few = 20;
export function availability(session: Session, now: Date, heads = 0, us: Beneficiary = {}, pupils = heads): Availability {
  const free = freeHeads(session, us);
  const says = (standing: Standing): Availability => ({ standing, free });
  if (session.state !== Session_State.SCHEDULED) return says('cancelled');
  if ((toDate(session.startTime) ?? now) <= now) return says('past');
  if (session.disruptedBy.length) return says('disrupted');
  if (session.round) return says('round');
  if ((toDate(session.bookingOpenTime) ?? now) > now) return says('notYet');
  const closes = toDate(session.bookingCloseTime);
  if (closes && closes <= now) return says('closed');
  if (session.staffing?.opensWhenStaffed && [Staffing_State.WAITING, Staffing_State.HELD].includes(session.staffing.state)) return says('staff');
  if (free === Infinity) return says('unbounded');
  if (free < 1 || !hasRoom(session, heads, pupils, us)) return says('wait');
  return says(free < Math.max(few, heads + few / 2) ? 'few' : 'open');
}
export const bookable = ({ standing }: Availability) => standing === 'open' || standing === 'few' || standing === 'unbounded';

// Steps are not in the way: the hall says so, or the session keeps places for wheelchairs.
export const isStepFree = (session: Session, equipment: readonly string[] | undefined) =>
  (equipment ?? []).includes('step-free') || session.pools.some(({ counts, capacity, unbounded }) => counts === Pool_Counts.WHEELCHAIRS && (unbounded || capacity > 0));
