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
test('a word is chosen by the value that it belongs to', () => {
  const party = compile('{pupils} {pupils:pupil|pupils}, {adults} {adults:adult|adults}');
  expect(party({ pupils: 30, adults: 1 })).toBe('30 pupils, 1 adult');
  expect(party({ pupils: 1, adults: 0 })).toBe('1 pupil, 0 adults');
});
