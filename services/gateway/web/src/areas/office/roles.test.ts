import { expect, test } from 'vitest';
import { kindOf, offeredRoles, placeKinds } from './roles';

test('a district may not make administrators of districts or of the city', () => {
  expect(offeredRoles('districts/yubei', false)).toEqual(['coordinator']);
  expect(offeredRoles('districts/yubei', true)).toContain('district_admin');
  expect(placeKinds(false)).not.toContain('city');
});
test('the kind of a place is the beginning of its name', () => {
  expect(kindOf('venues/cqstm')).toBe('venues');
  expect(kindOf('city')).toBe('city');
  expect(offeredRoles('teams/x', true)).toEqual([]);
});
