import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { bySoonest, isOver, once } from './search';
import { EventSchema } from '@/gen/kepu/event/v1/event_pb.js';
import { toTimestamp } from '@/i18n/time';

const now = new Date('2026-11-23T02:00:00Z');
const hours = (count: number) => toTimestamp(new Date(now.getTime() + count * 3600e3));
const event = (name: string, start?: number, end?: number) =>
  create(EventSchema, { name, startTime: start === undefined ? undefined : hours(start), endTime: end === undefined ? undefined : hours(end) });

test('what several lists hold is there once, the soonest first, and what has no times last', () => {
  const soon = event('events/soon', 1, 2);
  const list = once([event('events/standing'), event('events/late', 5, 6)], [soon, event('events/late', 5, 6)]);
  expect(list.sort(bySoonest).map(({ name }) => name)).toEqual(['events/soon', 'events/late', 'events/standing']);
});

test('an event without an end is not over', () => {
  expect(isOver(event('events/a', -3, -1), now)).toBe(true);
  expect(isOver(event('events/b', -3, 1), now)).toBe(false);
  expect(isOver(event('events/c'), now)).toBe(false);
});
