// When somebody could serve, as a form has it: for each day of the week whether, from when, until when.
import type { Availability, Availability_Window } from '@/gen/kepu/volunteer/v1/match_pb.js';

export interface DayForm {
  on: boolean;
  from: string; // "09:00"
  to: string;
}

const two = (count: number) => String(count).padStart(2, '0');
export const clockOf = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
export const minuteOf = (clock: string) => {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return hour * 60 + minute;
};

// Monday first: days 1 to 7 as the API has them. A day that ends at midnight shows its last minute.
export const daysOf = (from: Pick<Availability, 'windows'> | null): DayForm[] =>
  Array.from({ length: 7 }, (_, place) => {
    const window = from?.windows.find(({ day }) => (day as number) === place + 1);
    return window ? { on: true, from: clockOf(window.startMinute), to: clockOf(Math.min(window.endMinute, 1439)) } : { on: false, from: '09:00', to: '17:00' };
  });

export const windowsOf = (days: DayForm[]): Pick<Availability_Window, 'day' | 'startMinute' | 'endMinute'>[] =>
  days.flatMap((one, place) => (one.on ? [{ day: place + 1, startMinute: minuteOf(one.from), endMinute: one.to === '23:59' ? 1440 : minuteOf(one.to) }] : []));
