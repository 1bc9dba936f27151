// Dates and times as people of the city read them: one zone everywhere, whatever the device says.
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { language } from '.';

export const toDate = (time: Timestamp | undefined) => (time ? new Date(Number(time.seconds) * 1000 + time.nanos / 1e6) : undefined);
export const toTimestamp = (date: Date) => ({ seconds: BigInt(Math.floor(date.getTime() / 1000)), nanos: (date.getTime() % 1000) * 1e6 });

type Time = Timestamp | Date | undefined;
const asDate = (time: Time) => (time instanceof Date ? time : toDate(time));

// Written out by ourselves: making the browser's own formatter takes a phone longer than to draw a page.
const weekdays = { zh: '日一二三四五六'.split(''), en: 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ') };
const months = 'January February March April May June July August September October November December'.split(' ');
const shortMonths = 'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec'.split(' ');
const two = (value: number) => String(value).padStart(2, '0');
// Its UTC fields are those of the city.
const cityTime = (time: Time) => {
  const date = asDate(time);
  return date && new Date(date.getTime() + 8 * 3600e3);
};

export function dayText(time: Time): string {
  const date = cityTime(time);
  if (!date) return '';
  const [month, day, weekday] = [date.getUTCMonth(), date.getUTCDate(), date.getUTCDay()];
  return language() === 'zh' ? `${month + 1}月${day}日周${weekdays.zh[weekday]}` : `${weekdays.en[weekday]!.slice(0, 3)} ${day} ${shortMonths[month]}`;
}
export function longDayText(time: Time): string {
  const date = cityTime(time);
  if (!date) return '';
  const [year, month, day, weekday] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCDay()];
  return language() === 'zh' ? `${year}年${month + 1}月${day}日星期${weekdays.zh[weekday]}` : `${weekdays.en[weekday]}, ${day} ${months[month]} ${year}`;
}
export function timeText(time: Time): string {
  const date = cityTime(time);
  return date ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}` : '';
}
export const dayTimeText = (time: Time) => `${dayText(time)} ${timeText(time)}`;
// "12月5日周六 09:30–11:00"; the second day too when it is another one.
export const spanText = (start: Time, end: Time) =>
  dateKey(start) === dateKey(end) ? `${dayTimeText(start)}–${timeText(end)}` : `${dayTimeText(start)} – ${dayTimeText(end)}`;

// "2026-12-05", the day of the city.
export const dateKey = (time: Time) => cityTime(time)?.toISOString().slice(0, 10) ?? '';
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

const whole = /\B(?=(\d{3})+$)/g;
// Both languages write numbers alike.
export const numberText = (count: number | bigint) => (Number.isInteger(Number(count)) ? String(count).replace(whole, ',') : count.toLocaleString('en-GB'));
