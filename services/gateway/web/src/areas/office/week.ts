// The fleet's week as rows of days: what takes each caravan on each day, and which days are free.
import { addDays, dateKey } from '@/i18n/time';
import type { Timestamp } from '@bufbuild/protobuf/wkt';

export interface Taking {
  name: string;
  caravan: string;
  label: string;
  kind: 'tour' | 'work';
  startTime?: Timestamp;
  endTime?: Timestamp;
}
export interface Bar {
  taking: Taking;
  // Place of its first day in the week, and how many days of the week it takes.
  from: number;
  days: number;
  lane: number;
}

// The Monday of a day's week.
export const mondayOf = (day: string) => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
export const daysOf = (monday: string) => Array.from({ length: 7 }, (_, at) => addDays(monday, at));

export function barsOf(takings: Taking[], monday: string): Bar[] {
  const days = daysOf(monday);
  const ends: number[] = [];
  return takings
    .map((taking) => ({ taking, first: dateKey(taking.startTime), last: dateKey(taking.endTime) }))
    .filter(({ first, last }) => last >= days[0]! && first <= days[6]!)
    .sort((one, other) => one.first.localeCompare(other.first))
    .map(({ taking, first, last }) => {
      const from = Math.max(0, days.indexOf(first < days[0]! ? days[0]! : first));
      const to = last > days[6]! ? 6 : days.indexOf(last);
      let lane = ends.findIndex((end) => end < from);
      if (lane < 0) lane = ends.length;
      ends[lane] = to;
      return { taking, from, days: to - from + 1, lane };
    });
}
