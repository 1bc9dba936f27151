// What waits for the desk: bookings and wait entries of all sessions of a place, sorted into what has to be done. Pure.
import { Booking_Appeal as Appeal, Booking_State as State, WaitEntry_State as Waits, Session_State as SessionState, type Booking, type Session, type WaitEntry } from '@/gen/kepu/event/v1/event_pb.js';
import { Paper_State as PaperState, type Paper } from '@/gen/kepu/event/v1/paper_pb.js';
import { toDate } from '@/i18n/time';

export interface Read {
  session: Session;
  bookings: Booking[];
  waits: WaitEntry[];
  papers: Map<string, Paper[]>; // by booking
}
export interface Row {
  session: Session;
  booking?: Booking;
  wait?: WaitEntry;
  papers: Paper[];
}
export const boxes = ['requests', 'papers', 'waiting', 'changed', 'appeals', 'coming'] as const;
export type Box = (typeof boxes)[number];

const recently = 7 * 86400e3;
const time = (one: Booking['createTime']) => toDate(one)?.getTime() ?? 0;
const live = [State.HELD, State.CONFIRMED, State.CHECKED_IN, State.REQUESTED];

// Sessions that can have something to do: to come, or over for so short that an appeal may come.
export const matters = (session: Session, now: number) =>
  session.state !== SessionState.DRAFT && time(session.endTime) > now - 8 * 86400e3 &&
  (session.pools.some((pool) => pool.held + pool.confirmed + pool.checkedIn > 0) || session.waiting + session.offered > 0 || time(session.endTime) < now);

function changedLately(booking: Booking, now: number) {
  const [made, changed] = [time(booking.createTime), time(booking.updateTime)];
  return booking.state === State.CONFIRMED && changed > made + 60_000 && changed > now - recently;
}

export function sort(reads: Read[], now: number): Record<Box, Row[]> {
  const into: Record<Box, Row[]> = { requests: [], papers: [], waiting: [], changed: [], appeals: [], coming: [] };
  for (const { session, bookings, waits, papers } of reads) {
    const over = time(session.endTime) <= now;
    for (const booking of bookings) {
      const row: Row = { session, booking, papers: papers.get(booking.name) ?? [] };
      if (booking.appeal === Appeal.OPEN) into.appeals.push(row);
      if (over) continue;
      // Places that are held for a counter-offer belong to the booking they are offered for.
      if (booking.state === State.REQUESTED && !booking.offeredFor) into.requests.push(row);
      if (booking.state === State.REQUESTED && row.papers.some((paper) => paper.state === PaperState.SUBMITTED)) into.papers.push(row);
      if (changedLately(booking, now)) into.changed.push(row);
      if (live.includes(booking.state) && !booking.offeredFor) into.coming.push(row);
    }
    if (!over) for (const wait of waits) if (wait.state === Waits.WAITING || wait.state === Waits.OFFERED) into.waiting.push({ session, wait, papers: [] });
  }
  // What ends soonest first: a request gives its places back by itself.
  const due = (row: Row) => time(row.booking?.holdExpireTime ?? row.session.startTime);
  into.requests.sort((a, b) => due(a) - due(b));
  into.changed.sort((a, b) => time(b.booking?.updateTime) - time(a.booking?.updateTime));
  return into;
}

export const matching = (rows: Row[], event: string, kind: number) =>
  rows.filter((row) => (!event || row.session.name.startsWith(`${event}/`)) && (!kind || (row.booking ?? row.wait)?.kind === kind));
