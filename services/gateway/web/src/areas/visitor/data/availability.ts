// What a visitor can do at a session now, out of what the session says: one state, as everybody is shown it.
import { Booking_Kind, type Pool, Pool_Counts, type Session, Session_State, Staffing_State } from './model';
import { toDate } from '@/i18n/time';

export type Availability =
  | 'open' | 'few' | 'waiting' | 'closed' | 'notYet' | 'cancelled' | 'paused' | 'schools' | 'running' | 'over';

export interface Places {
  state: Availability;
  // Places that a visitor can have now; undefined: without a limit, or nothing to say.
  free?: number;
  // Of `notYet`, when it opens; of `open` and `few`, when booking ends.
  time?: Date;
}

export const visitorKinds = [Booking_Kind.FAMILY, Booking_Kind.PERSON, Booking_Kind.GROUP];
const serves = (pool: Pool, kind: Booking_Kind) => pool.kinds.length === 0 || pool.kinds.includes(kind);
// A family's booking may grow and shrink, so it is the first choice also for one person.
export const kindsServed = (session: Session) => visitorKinds.filter((kind) => session.pools.some((pool) => serves(pool, kind)));

// What of the free places of a pool is not set aside for an allotment.
const freeOf = (pool: Pool) => Math.max(0, pool.free - pool.setAside);
const FEW = 10;

export function placesOf(session: Session, now = new Date()): Places {
  const start = toDate(session.startTime) ?? now;
  const end = toDate(session.endTime) ?? start;
  if (session.state === Session_State.CANCELLED) return { state: 'cancelled' };
  if (end <= now) return { state: 'over' };
  const kinds = kindsServed(session);
  if (kinds.length === 0) return { state: 'schools' };
  if (start <= now) return { state: 'running' };
  if (session.disruptedBy.length > 0) return { state: 'paused' };
  const opens = toDate(session.bookingOpenTime);
  if (opens && opens > now) return { state: 'notYet', time: opens };
  const closes = toDate(session.bookingCloseTime);
  if (closes && closes <= now) return { state: 'closed' };
  if (session.round) return { state: 'notYet' };
  const people = session.staffing;
  if (people?.opensWhenStaffed && people.state !== Staffing_State.STAFFED && people.state !== Staffing_State.GOES_AHEAD) return { state: 'notYet' };

  const limits = session.pools.filter((pool) => !pool.unbounded && serves(pool, kinds[0]!) && !countsSomeOnly(pool));
  if (limits.length === 0) return { state: 'open', time: closes };
  const free = Math.min(...limits.map(freeOf));
  if (free <= 0) return { state: 'waiting', free: 0 };
  const size = Math.min(...limits.map((pool) => pool.capacity));
  return { state: free <= Math.min(FEW, Math.max(1, size / 5)) ? 'few' : 'open', free, time: closes };
}

// Pools that only some of a party draw on (pupils, wheelchairs) say nothing of whether others can come.
function countsSomeOnly(pool: Pool) {
  return pool.counts === Pool_Counts.PUPILS_ONLY || pool.counts === Pool_Counts.WHEELCHAIRS;
}

export const canBook = ({ state }: Places) => state === 'open' || state === 'few';
export const canWait = ({ state }: Places) => state === 'waiting';

// Each state has an icon and a colour beside its word.
export const looks: Record<Availability, { icon: string; kind: string }> = {
  open: { icon: 'check', kind: 'good' },
  few: { icon: 'clock', kind: 'warn' },
  waiting: { icon: 'people', kind: 'warn' },
  closed: { icon: 'door', kind: '' },
  notYet: { icon: 'calendar', kind: 'brand' },
  cancelled: { icon: 'close', kind: 'bad' },
  paused: { icon: 'warn', kind: 'bad' },
  schools: { icon: 'book', kind: '' },
  running: { icon: 'clock', kind: '' },
  over: { icon: 'door', kind: '' },
};
