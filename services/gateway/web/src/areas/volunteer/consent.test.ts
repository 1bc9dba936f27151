import { expect, it } from 'vitest';
import { numberIn, recordAddress } from './consent';

it('finds the number in what is typed or scanned', () => {
  const number = '0k3n5v7q2x';
  expect(numberIn(recordAddress('https://kepu.example', number))).toBe(number);
  expect([` ${number.toUpperCase()} `, `volunteers/${number}`].map(numberIn)).toEqual([number, number]);
  expect(['', 'https://kepu.example/volunteer', '张三'].map(numberIn)).toEqual(['', '', '']);
});
