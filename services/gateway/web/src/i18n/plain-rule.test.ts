import { expect, test } from 'vitest';
import { plainRule } from './plain-rule';

test('rules are said without names of resources, enums and fields', () => {
  expect(plainRule('must be a districts/*')).toBe('must be a district');
  expect(plainRule('must be a schools/*, communities/*, villages/* or venues/*, or name a stop_request')).toBe('must be a school, community, village or venue, or name a stop request');
  expect(plainRule('must be after start_time, within 31 days')).toBe('must be after start time, within 31 days');
  expect(plainRule('must be empty unless it is RATING_GIVEN')).toBe('must be empty unless it is rating given');
  expect(plainRule('must be an exhibit or kit, like "exhibits/…", each once')).toBe('must be an exhibit or kit, like exhibit, each once');
  expect(plainRule('must be from 1 to 60')).toBe('must be from 1 to 60');
});
