import { expect, it } from 'vitest';
import { at } from '@/i18n/time';
import type { Axis } from './axis';
import { type Bar, type BarKind, placed, type Row } from './rows';

const week: Axis = { first: '2026-12-07', days: 7, from: 480, to: 1200, step: 15 };
const bar = (id: string, kind: BarKind, from: string, to: string): Bar => ({ id, kind, label: id, note: '', movable: true, start: at('2026-12-08', from), end: at('2026-12-08', to) });
const row = (...bars: Bar[]): Row => ({ id: 'hall', group: 'spaces', label: 'hall', note: '', bars, shades: [] });

it('draws what is short wide enough, and beside what is near', () => {
  const { bars, lanes } = placed(row(bar('a', 'session', '10:00', '10:40'), bar('b', 'session', '11:00', '11:40')), week);
  expect(lanes).toBe(2);
  expect(bars.every(({ width }) => width >= 0.05)).toBe(true);
});
it('puts a draft that clashes into a lane of its own below', () => {
  const { bars, lanes } = placed(row(bar('firm', 'exhibition', '08:00', '20:00'), bar('plan', 'plan', '09:00', '10:00')), week);
  expect(lanes).toBe(2);
  expect(bars.find(({ clash }) => clash)).toMatchObject({ bar: { id: 'plan' }, lane: 1 });
});
it('leaves out what is not in these days', () => {
  expect(placed(row({ ...bar('a', 'session', '09:00', '10:00'), start: at('2027-01-01'), end: at('2027-01-02') }), week).bars).toEqual([]);
});
