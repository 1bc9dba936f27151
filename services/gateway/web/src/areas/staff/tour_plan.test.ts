import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { TourSchema } from '@/gen/kepu/venue/v1/fleet_pb.js';
import { toTimestamp } from '@/i18n/time';
import { changed, choicesOf, sane, shiftedBy, stopsOf, tourWith, withStop } from './tour_plan';

const time = (text: string) => toTimestamp(new Date(text));
const tour = create(TourSchema, {
  name: 'caravans/cq-1/tours/a', driveKm: 100, endTime: time('2026-12-08T10:00:00Z'),
  stops: [
    { host: 'schools/one', heads: 120, startTime: time('2026-12-07T01:30:00Z'), endTime: time('2026-12-07T03:30:00Z') },
    { host: 'schools/two', startTime: time('2026-12-08T01:30:00Z'), endTime: time('2026-12-08T03:30:00Z') },
  ],
});

test('stops are shown at the times of the city, and sent in the order of time', () => {
  const stops = stopsOf(tour);
  expect(stops[0]).toEqual({ index: 0, firstDay: '2026-12-07', from: '09:30', lastDay: '2026-12-07', to: '11:30' });
  expect(changed(tour, stops)).toBe(false);
  const later = withStop(stops, 0, { start: new Date('2026-12-09T01:30:00Z'), end: new Date('2026-12-09T03:30:00Z') });
  expect(changed(tour, later)).toBe(true);
  expect(tourWith(tour, later).stops.map(({ host }) => host)).toEqual(['schools/two', 'schools/one']);
  expect(tourWith(tour, later).stops[1]!.heads).toBe(120);
  expect(shiftedBy(stops, 86400e3).map(({ firstDay }) => firstDay)).toEqual(['2026-12-08', '2026-12-09']);
  expect(sane(withStop(stops, 0, { start: new Date('2026-12-09T03:30:00Z'), end: new Date('2026-12-09T01:30:00Z') }))).toBe(false);
});

test('each problem that has a way out names it', () => {
  const stops = stopsOf(tour);
  const now = new Date('2026-12-01T00:00:00Z');
  const at = (field: string, rule: string, params: Record<string, string>) => choicesOf({ field, rule, params }, stops, now).map(({ span }) => [span.start.toISOString(), span.end.toISOString()]);
  expect(at('tour.stops[1].start_time', 'TOUR_NO_TIME_TO_DRIVE', { earliest: '2026-12-08T10:00:00+08:00' })).toEqual([['2026-12-08T02:00:00.000Z', '2026-12-08T04:00:00.000Z']]);
  expect(at('tour.stops[1].start_time', 'STOP_OUTSIDE_WISHES', { wishes: '2026-11-01..2026-11-02, 2026-12-14..2026-12-18' })).toEqual([['2026-12-14T01:30:00.000Z', '2026-12-14T03:30:00.000Z']]);
  expect(at('tour.stops[1].end_time', 'TOUR_BACK_TOO_LATE', { latest_end: '2026-12-08T11:00:00+08:00' })).toEqual([['2026-12-08T01:00:00.000Z', '2026-12-08T03:00:00.000Z']]);
  expect(at('tour.stops[0].start_time', 'TOUR_CREW_DAY', { over: '30' })).toEqual([['2026-12-07T01:30:00.000Z', '2026-12-07T03:00:00.000Z']]);
  expect(at('parent', 'CARAVAN_TAKEN', { earliest: '-' })).toEqual([]);
  const [moved] = choicesOf({ field: 'parent', rule: 'CARAVAN_TAKEN', params: { earliest: '2026-12-10T09:30:00+08:00' } }, stops, now);
  expect(moved!.stops.map(({ firstDay }) => firstDay)).toEqual(['2026-12-10', '2026-12-11']);
});
