import { expect, test } from 'vitest';
import { partsOf, periodChoices } from './periods';

test('in autumn this term comes first, then the ones before and the years', () => {
  expect(periodChoices('2026-11-22')).toEqual(['2026-autumn', '2026-spring', '2025-autumn', '2026', '2025']);
});
test('in spring and in January', () => {
  expect(periodChoices('2026-04-01')[0]).toBe('2026-spring');
  expect(periodChoices('2027-01-10')[0]).toBe('2026-autumn');
});
test('a term is told by its year and season', () => {
  expect(partsOf('2026-autumn')).toEqual({ year: '2026', part: 'autumn' });
  expect(partsOf('2026')).toEqual({ year: '2026', part: 'year' });
});
