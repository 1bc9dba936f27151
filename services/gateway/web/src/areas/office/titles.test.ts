import { expect, test } from 'vitest';
import { TitleLevel, Title_State as State } from '@/gen/kepu/venue/v1/title_pb.js';
import { stepsOf } from './titles';

test('above the district the city takes over from the review on', () => {
  expect(stepsOf(State.APPLIED, TitleLevel.MUNICIPAL, false)).toEqual(['recommend', 'decline']);
  expect(stepsOf(State.DISTRICT_RECOMMENDED, TitleLevel.MUNICIPAL, false)).toEqual([]);
  expect(stepsOf(State.DISTRICT_RECOMMENDED, TitleLevel.DISTRICT, false)).toEqual(['review', 'decline']);
  expect(stepsOf(State.PUBLICIZED, TitleLevel.NATIONAL, true)).toEqual(['name', 'decline']);
});
test('what is over has no next step', () => expect(stepsOf(State.REVOKED, TitleLevel.MUNICIPAL, true)).toEqual([]));
