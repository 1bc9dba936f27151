import { expect, it } from 'vitest';
import { Pool_Counts } from '@/gen/kepu/event/v1/event_pb.js';
import { at } from '@/i18n/time';
import { endOf, freshPool, freshSession, headsOf, seriesMessage } from './session';

it('ends on the next day where the end is before the start', () => {
  expect(endOf({ ...freshSession('2027-03-01'), from: '20:00', to: '01:00' })).toEqual(at('2027-03-02', '01:00'));
});
it('asks the hall for as many as may come', () => {
  expect(headsOf({ ...freshSession('2027-03-01'), pools: [freshPool('all', 90), { ...freshPool('pupils', 120), counts: Pool_Counts.PUPILS_ONLY }] })).toBe(90);
});
it('moves one date of a series and leaves another out', () => {
  const draft = { ...freshSession('2027-03-01'), repeats: true, count: 6 };
  const series = seriesMessage(draft, 'venues/cqstm', [{ date: '2027-03-08', out: false, start: at('2027-03-09', '14:00'), end: at('2027-03-09', '15:00') }, { date: '2027-03-15', out: true }]);
  expect(series.exceptions).toEqual([{
    date: { year: 2027, month: 3, day: 8 }, newDate: { year: 2027, month: 3, day: 9 },
    startTime: { hours: 14, minutes: 0, seconds: 0, nanos: 0 }, endTime: { hours: 15, minutes: 0, seconds: 0, nanos: 0 },
  }]);
  expect(series.recurrence.exceptDates).toEqual([{ year: 2027, month: 3, day: 15 }]);
});
