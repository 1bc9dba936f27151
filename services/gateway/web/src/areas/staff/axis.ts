// The time axis of the timeline: days side by side, of each only the hours that are worked. Pure; minutes are those of the city.
import { addDays, at, dateKey } from '@/i18n/time';

export interface Axis {
  first: string; // day, "2026-12-05"
  days: number;
  from: number; // minute of the day at the left edge of each day, and at its right one
  to: number;
  step: number; // minutes by which things move
}
export interface Span {
  start: Date;
  end: Date;
}

const minute = 60_000;
const minuteOf = (date: Date) => Math.round((date.getTime() - at(dateKey(date)).getTime()) / minute);
const dayIndex = (axis: Axis, date: Date) => Math.round((at(dateKey(date)).getTime() - at(axis.first).getTime()) / (1440 * minute));

export const daysOf = (axis: Axis) => Array.from({ length: axis.days }, (_, index) => addDays(axis.first, index));
export const endOf = (axis: Axis) => at(addDays(axis.first, axis.days));

// Where a moment lies, 0 at the left edge and 1 at the right; beyond them less or more.
export function shareOf(axis: Axis, date: Date): number {
  const inDay = (minuteOf(date) - axis.from) / (axis.to - axis.from);
  return (dayIndex(axis, date) + Math.min(1, Math.max(0, inDay))) / axis.days;
}

// Where something lies as far as it is seen; nothing when none of it is.
export function boxOf(axis: Axis, { start, end }: Span): { left: number; width: number } | undefined {
  if (end <= at(axis.first) || start >= endOf(axis)) return undefined;
  const left = Math.max(0, shareOf(axis, start));
  const right = Math.min(1, shareOf(axis, end));
  return { left, width: Math.max(0, right - left) };
}

// Moves something by a share of the width: whole days first, then steps within the day, so that it keeps its time of day when
// it goes to another one.
export function moved(axis: Axis, span: Span, share: number): Span {
  const days = share * axis.days;
  const whole = Math.round(days);
  const rest = axis.step >= 1440 ? 0 : Math.round(((days - whole) * (axis.to - axis.from)) / axis.step) * axis.step;
  return shifted(span, whole * 1440 + rest);
}
export function shifted({ start, end }: Span, minutes: number): Span {
  return { start: new Date(start.getTime() + minutes * minute), end: new Date(end.getTime() + minutes * minute) };
}

// Draws its end along; it never becomes shorter than a step.
export function stretched(axis: Axis, { start, end }: Span, share: number): Span {
  const minutes = axis.step >= 1440 ? Math.round(share * axis.days) * 1440 : Math.round((share * axis.days * (axis.to - axis.from)) / axis.step) * axis.step;
  return lengthened(axis, { start, end }, minutes);
}
export function lengthened(axis: Axis, { start, end }: Span, minutes: number): Span {
  const least = start.getTime() + axis.step * minute;
  return { start, end: new Date(Math.max(least, end.getTime() + minutes * minute)) };
}

// However short something is, it is drawn wide enough to be hit and read.
export const leastShare = (axis: Axis) => (axis.days > 8 ? 0.026 : 0.06);

// Lanes, so that nothing covers another: each goes into the first lane that is free by then.
export function lanesOf<Item extends { from: number; to: number }>(items: Item[]): { item: Item; lane: number }[] {
  const ends: number[] = [];
  return [...items]
    .sort((one, two) => one.from - two.from || two.to - one.to)
    .map((item) => {
      let lane = ends.findIndex((end) => end <= item.from + 1e-9);
      if (lane < 0) lane = ends.length;
      ends[lane] = item.to;
      return { item, lane };
    });
}

export const overlap = (one: Span, two: Span) => one.start < two.end && two.start < one.end;
