import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { BookingSchema, Booking_Appeal as Appeal, Booking_Kind as Kind, Booking_State as State, SessionSchema, Session_State as SessionState, WaitEntrySchema, WaitEntry_State as Waits } from '@/gen/kepu/event/v1/event_pb.js';
import { PaperSchema, Paper_State as PaperState } from '@/gen/kepu/event/v1/paper_pb.js';
import { toTimestamp } from '@/i18n/time';
import { matching, matters, sort } from './inbox';

const now = Date.UTC(2026, 10, 22, 2);
const at = (ms: number) => toTimestamp(new Date(now + ms));
const hour = 3600e3;
const session = (n: number, start: number, taken = 1) =>
  create(SessionSchema, { name: `events/e${n}/sessions/s`, state: SessionState.SCHEDULED, startTime: at(start), endTime: at(start + hour), pools: [{ id: 'all', capacity: 9, held: taken }] });
const booking = (name: string, state: State, more = {}) => create(BookingSchema, { name, state, kind: Kind.FAMILY, createTime: at(-9 * hour), updateTime: at(-9 * hour), ...more });

test('only sessions that can have something to do are read', () => {
  expect(matters(session(1, hour), now)).toBe(true);
  expect(matters(session(1, hour, 0), now)).toBe(false);
  expect(matters(session(1, -3 * 24 * hour, 0), now)).toBe(true);
  expect(matters(session(1, -30 * 24 * hour), now)).toBe(false);
});

test('each booking lies where something has to be done with it', () => {
  const boxes = sort(
    [
      {
        session: session(1, hour),
        bookings: [
          booking('late', State.REQUESTED, { holdExpireTime: at(5 * hour) }),
          booking('soon', State.REQUESTED, { holdExpireTime: at(hour) }),
          booking('offered', State.REQUESTED, { offeredFor: 'soon' }),
          booking('moved', State.CONFIRMED, { updateTime: at(-hour) }),
          booking('plain', State.CONFIRMED),
          booking('gone', State.CANCELLED),
        ],
        waits: [create(WaitEntrySchema, { name: 'w', state: Waits.WAITING }), create(WaitEntrySchema, { name: 'left', state: Waits.LEFT })],
        papers: new Map([['late', [create(PaperSchema, { state: PaperState.SUBMITTED })]], ['soon', [create(PaperSchema, { state: PaperState.MISSING })]]]),
      },
      { session: session(2, -24 * hour), bookings: [booking('missed', State.NO_SHOW, { appeal: Appeal.OPEN }), booking('was', State.CHECKED_IN)], waits: [], papers: new Map() },
    ],
    now,
  );
  const names = (rows: { booking?: { name: string } }[]) => rows.map((row) => row.booking?.name);
  expect(names(boxes.requests)).toEqual(['soon', 'late']);
  expect(names(boxes.papers)).toEqual(['late']);
  expect(names(boxes.changed)).toEqual(['moved']);
  expect(names(boxes.appeals)).toEqual(['missed']);
  expect(names(boxes.coming)).toEqual(['late', 'soon', 'moved', 'plain']);
  expect(boxes.waiting.map((row) => row.wait?.name)).toEqual(['w']);
  expect(matching(boxes.coming, 'events/e2', 0)).toEqual([]);
  expect(matching(boxes.coming, 'events/e1', Kind.SCHOOL)).toEqual([]);
  expect(matching(boxes.coming, '', Kind.FAMILY)).toHaveLength(4);
});
