import { describe, expect, it } from 'vitest';
import { at } from '@/i18n/time';
import { type Axis, boxOf, lanesOf, lengthened, moved, shareOf, stretched } from './axis';

const week: Axis = { first: '2026-12-07', days: 7, from: 480, to: 1200, step: 15 };
const month: Axis = { first: '2026-12-01', days: 31, from: 0, to: 1440, step: 1440 };
const span = (day: string, from: string, to: string) => ({ start: at(day, from), end: at(day, to) });

describe('the axis', () => {
  it('puts the hours that are worked side by side', () => {
    expect(shareOf(week, at('2026-12-07', '08:00'))).toBe(0);
    expect(shareOf(week, at('2026-12-08', '08:00'))).toBeCloseTo(1 / 7);
    expect(shareOf(week, at('2026-12-08', '14:00'))).toBeCloseTo(1.5 / 7);
    expect(shareOf(week, at('2026-12-08', '23:00'))).toBeCloseTo(2 / 7);
  });
  it('cuts what reaches beyond it, and leaves out what is elsewhere', () => {
    expect(boxOf(week, { start: at('2026-12-01'), end: at('2026-12-31') })).toEqual({ left: 0, width: 1 });
    expect(boxOf(week, span('2026-12-14', '09:00', '10:00'))).toBeUndefined();
    expect(boxOf(week, { start: at('2026-12-06', '09:00'), end: at('2026-12-07') })).toBeUndefined();
  });
});

describe('moving', () => {
  it('keeps the time of the day when it goes to another day', () => {
    expect(moved(week, span('2026-12-08', '09:45', '11:15'), 2 / 7)).toEqual(span('2026-12-10', '09:45', '11:15'));
  });
  it('goes by steps within a day', () => {
    expect(moved(week, span('2026-12-08', '09:45', '11:15'), 0.1 / 7)).toEqual(span('2026-12-08', '11:00', '12:30'));
  });
  it('goes by whole days where a month is seen', () => {
    expect(moved(month, span('2026-12-08', '09:45', '11:15'), 1.4 / 31)).toEqual(span('2026-12-09', '09:45', '11:15'));
  });
  it('never makes something shorter than a step', () => {
    expect(stretched(week, span('2026-12-08', '09:00', '10:00'), -1)).toEqual(span('2026-12-08', '09:00', '09:15'));
    expect(lengthened(week, span('2026-12-08', '09:00', '10:00'), 30)).toEqual(span('2026-12-08', '09:00', '10:30'));
  });
});

it('gives what overlaps lanes of its own', () => {
  const lanes = lanesOf([{ from: 0.1, to: 0.3 }, { from: 0.2, to: 0.4 }, { from: 0.3, to: 0.4 }]);
  expect(lanes.map(({ lane }) => lane)).toEqual([0, 1, 0]);
});
