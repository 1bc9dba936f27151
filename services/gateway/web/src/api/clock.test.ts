import { expect, test } from 'vitest';
import { isOff, offsetOf } from './clock';

test('the way of the answer is taken out of the comparison', () => {
  expect(offsetOf(1000, 3000, 2000)).toBe(500);
  expect(offsetOf(0, 0, 300_000)).toBe(300_500);
});
test('a clock is wrong from a minute and a half on, either way', () => {
  expect([isOff(80_000), isOff(-80_000), isOff(100_000), isOff(-100_000)]).toEqual([false, false, true, true]);
});
