import { expect, test } from 'vitest';
import { compile } from './compile';

test('values and literals stand where they are named', () => {
  expect(compile("{name} 到 {'@'} {count}")({ name: '甲', count: 3 })).toBe('甲 到 @ 3');
  expect(compile('{gone}')({})).toBe('');
});
test('plurals are chosen by count', () => {
  const two = compile('{count} place | {count} places');
  expect([0, 1, 2].map((count) => two({ count }))).toEqual(['0 places', '1 place', '2 places']);
  const three = compile('none | one | {count}');
  expect([0, 1, 7].map((count) => three({ count }))).toEqual(['none', 'one', '7']);
});
