import { describe, expect, test } from 'vitest';
import { codeIn, countOf, shortOf, spaced } from './parties';

const code = 'abcdefghijkmnpqrstuvwx23456789';

describe('codes', () => {
  test('are understood as people write them', () => {
    expect(codeIn(code)).toBe(code);
    expect(codeIn(` ${spaced(code.toUpperCase())}\n`)).toBe(code);
    expect(codeIn('abc-def 123')).toBe('abcdef123');
    expect(codeIn(`https://kepu.example/door?code=${code}`)).toBe(code);
  });
  test('have an end that is short enough to type', () => {
    expect(shortOf(code)).toBe('456789');
    expect(code.endsWith(shortOf(code).toLowerCase())).toBe(true);
  });
});

test('wheelchairs are counted among the heads already', () => {
  expect(countOf({ adults: 2, pupils: 30, others: 1, wheelchairs: 2 })).toBe(33);
  expect(countOf(undefined)).toBe(0);
});
