// Dates and times as people of the city read them: one zone everywhere, whatever the device says.
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { language } from '.';

export const zone = 'Asia/Shanghai';
const locale = () => (language() === 'zh' ? 'zh-CN' : 'en-GB');
const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions) {
  const key = locale() + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options })));
  return made;
}

export const toDate = (time: Timestamp | undefined) => (time ? new Date(Number(time.seconds) * 1000 + time.nanos / 1e6) : undefined);
export const toTimestamp = (date: Date) => ({ seconds: BigInt(Math.floor(date.getTime() / 1000)), nanos: (date.getTime() % 1000) * 1e6 });

type Time = Timestamp | Date | undefined;
const asDate = (time: Time) => (time instanceof Date ? time : toDate(time));
const shown = (time: Time, options: Intl.DateTimeFormatOptions) => {
  const date = asDate(time);
  return date ? format(options).format(date) : '';
};

export const dayText = (time: Time) => shown(time, { month: 'short', day: 'numeric', weekday: 'short' });
export const longDayText = (time: Time) => shown(time, { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' });
export const timeText = (time: Time) => shown(time, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
export const dayTimeText = (time: Time) => `${dayText(time)} ${timeText(time)}`;
// "12月5日周六 09:30–11:00"; the second day too when it is another one.
export const spanText = (start: Time, end: Time) =>
  dateKey(start) === dateKey(end) ? `${dayTimeText(start)}–${timeText(end)}` : `${dayTimeText(start)} – ${dayTimeText(end)}`;

// "2026-12-05", the day of the city.
export function dateKey(time: Time): string {
  const date = asDate(time);
  return date ? new Date(date.getTime() + 8 * 3600e3).toISOString().slice(0, 10) : '';
}
export const today = () => dateKey(new Date());
// A time of day of the city, from what <input type="date"> and <input type="time"> give.
export const at = (date: string, time = '00:00') => new Date(`${date}T${time}:00+08:00`);
export const addDays = (date: string, days: number) => dateKey(new Date(at(date).getTime() + days * 86400e3));

// google.type.Date
export interface CivilDate {
  year: number;
  month: number;
  day: number;
}
export const toCivil = (date: string): CivilDate => {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return { year, month, day };
};
export const fromCivil = (date: CivilDate | undefined) =>
  date ? `${date.year}-${String(date.month).padStart(2, '0')}-${String(date.day).padStart(2, '0')}` : '';
export const civilText = (date: CivilDate | undefined) => (date ? dayText(at(fromCivil(date), '12:00')) : '');

export const numberText = (count: number | bigint) => new Intl.NumberFormat(locale()).format(count);
