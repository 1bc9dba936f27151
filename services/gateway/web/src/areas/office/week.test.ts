import { create } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { at, toTimestamp } from '@/i18n/time';
import { type Taking, barsOf, mondayOf } from './week';

const time = (day: string, of: string) => create(TimestampSchema, toTimestamp(at(day, of)));
const taking = (name: string, first: string, last: string): Taking => ({ name, caravan: 'caravans/a', label: name, kind: 'tour', startTime: time(first, '23:30'), endTime: time(last, '23:45') });

test('weeks begin on Monday', () => {
  expect([mondayOf('2026-11-23'), mondayOf('2026-11-29'), mondayOf('2026-11-30')]).toEqual(['2026-11-23', '2026-11-23', '2026-11-30']);
});

test('what goes beyond the week is cut, what overlaps lies in another lane, days are those of the city', () => {
  const bars = barsOf([taking('long', '2026-11-20', '2026-11-25'), taking('in', '2026-11-25', '2026-11-26'), taking('later', '2026-11-29', '2026-12-02'), taking('gone', '2026-11-20', '2026-11-22')], '2026-11-23');
  expect(bars.map(({ taking: { name }, from, days, lane }) => [name, from, days, lane])).toEqual([['long', 0, 3, 0], ['in', 2, 2, 1], ['later', 6, 1, 0]]);
});
