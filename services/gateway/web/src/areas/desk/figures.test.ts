import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { BookingSchema, Booking_State as State, SessionSchema, Session_State as SessionState } from '@/gen/kepu/event/v1/event_pb.js';
import { ShiftSchema, Shift_State as ShiftState } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { toTimestamp } from '@/i18n/time';
import { cameOf, fillOf, serviceOf, within } from './figures';

const at = (day: string) => toTimestamp(new Date(`${day}T02:00:00Z`));
const session = (capacity: number, confirmed: number, state = SessionState.SCHEDULED) => create(SessionSchema, { name: 'events/a/sessions/1', state, pools: [{ id: 'all', capacity, confirmed }] });

test('sessions without a limit and cancelled ones say nothing of how full the place is', () => {
  const sessions = [session(100, 50), session(100, 100), session(10, 10, SessionState.CANCELLED), create(SessionSchema, { state: SessionState.SCHEDULED, pools: [{ unbounded: true, confirmed: 9 }] })];
  expect(fillOf(sessions, () => 'a')).toEqual([{ name: 'events/a/sessions/1', key: 'a', places: 200, taken: 150, percent: 75 }]);
});
test('an overfull session is full, not fuller', () => expect(fillOf([session(10, 14)], () => 'a')[0]?.percent).toBe(100));
test('who did not come is missed before it is noted too', () => {
  const booking = (state: State) => create(BookingSchema, { state, party: { adults: 2 } });
  expect(cameOf([State.CHECKED_IN, State.CONFIRMED, State.NO_SHOW, State.CANCELLED].map(booking))).toEqual({ parties: 1, heads: 2, missedParties: 2, missedHeads: 4 });
});
test('service is summed by month, and what is more than needed covers nothing', () => {
  const shift = (day: string, servedMinutes: string, signedUp: number, state = ShiftState.OPEN) => create(ShiftSchema, { startTime: at(day), servedMinutes, needed: 3, signedUp, state });
  expect(serviceOf([shift('2026-11-02', '90', 5), shift('2026-10-30', '60', 1), shift('2026-11-09', '30', 1), shift('2026-11-09', '600', 1, ShiftState.CANCELLED)])).toEqual([
    { month: '2026-10', hours: 1, needed: 3, signedUp: 1 },
    { month: '2026-11', hours: 2, needed: 6, signedUp: 4 },
  ]);
});
test('days of the city count', () => expect(within(new Date('2026-10-31T17:00:00Z'), '2026-11-01', '2026-11-30')).toBe(true));
