import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { placesOf } from './availability';
import { calendarFile } from './calendar';
import { Booking_Kind, Session_State } from './model';
import { problemOf } from './party';
import { SessionSchema } from '@/gen/kepu/event/v1/event_pb.js';
import { toTimestamp } from '@/i18n/time';

const now = new Date('2026-11-23T02:00:00Z');
const hours = (count: number) => toTimestamp(new Date(now.getTime() + count * 3600e3));
const session = (more: object, pool: object = {}) =>
  create(SessionSchema, { state: Session_State.SCHEDULED, startTime: hours(24), endTime: hours(25), pools: [{ id: 'all', capacity: 100, free: 100, ...pool }], ...more });

test('each state of a session is told as what it means to a visitor', () => {
  expect(placesOf(session({}), now)).toMatchObject({ state: 'open', free: 100 });
  expect(placesOf(session({}, { free: 7 }), now)).toMatchObject({ state: 'few', free: 7 });
  expect(placesOf(session({}, { free: 0 }), now).state).toBe('waiting');
  // What is set aside for schools is not free for a family.
  expect(placesOf(session({}, { free: 20, setAside: 20 }), now).state).toBe('waiting');
  expect(placesOf(session({}, { unbounded: true, free: 0 }), now)).toEqual({ state: 'open', time: undefined });
  expect(placesOf(session({}, { kinds: [Booking_Kind.SCHOOL] }), now).state).toBe('schools');
  expect(placesOf(session({ bookingOpenTime: hours(1) }), now).state).toBe('notYet');
  expect(placesOf(session({ bookingCloseTime: hours(-1) }), now).state).toBe('closed');
  expect(placesOf(session({ state: Session_State.CANCELLED }), now).state).toBe('cancelled');
  expect(placesOf(session({ disruptedBy: [{ name: 'venues/a/closures/b' }] }), now).state).toBe('paused');
  expect(placesOf(session({ startTime: hours(-1) }), now).state).toBe('running');
  expect(placesOf(session({ startTime: hours(-2), endTime: hours(-1) }), now).state).toBe('over');
});

test('a party is checked before it is sent', () => {
  const limits = { least: 1, most: 6 };
  expect(problemOf({ adults: 0, pupils: 0, wheelchairs: 0 }, limits)).toBe('none');
  expect(problemOf({ adults: 4, pupils: 3, wheelchairs: 0 }, limits)).toBe('many');
  expect(problemOf({ adults: 1, pupils: 0, wheelchairs: 2 }, limits)).toBe('wheelchairs');
  expect(problemOf({ adults: 2, pupils: 4, wheelchairs: 1 }, limits)).toBe('');
});

test('lines of a calendar file are short and escaped', () => {
  const file = calendarFile({ id: 'a', start: now, end: now, title: `讲座, ${'很长的题目'.repeat(12)}`, place: '科技馆；一楼', url: 'https://kepu.example/events/a' }, now);
  for (const line of file.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
  expect(file.replace(/\r\n /g, '')).toContain('SUMMARY:讲座\\, 很长的题目');
  expect(file).toContain('DTSTART:20261123T020000Z');
});
