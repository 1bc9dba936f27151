import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { HourRecordSchema, type Signup, SignupSchema, Signup_State } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { toTimestamp } from '@/i18n/time';
import { clockOf, daysOf, windowsOf } from './availability';
import { signupOf, yearsOf } from './hours';
import { codeAddress, readCode } from './presence/code';
import { ageOn, checkInOpen, countdown, hoursMs, mayLeaveFreely, nextOf, roomOf, shelfOf } from './shifts';

const now = Date.parse('2026-11-23T02:00:00Z');
const signup = (state: Signup_State, startsIn: number, lasts = 2): Signup =>
  create(SignupSchema, { name: `shifts/s${startsIn}/signups/v`, state, startTime: toTimestamp(new Date(now + hoursMs(startsIn))), endTime: toTimestamp(new Date(now + hoursMs(startsIn + lasts))) });

describe('sign-ups', () => {
  it('stand on the shelf of their state and time', () => {
    expect(shelfOf(signup(Signup_State.SIGNED_UP, 5), now)).toBe('upcoming');
    expect(shelfOf(signup(Signup_State.CHECKED_IN, -3), now)).toBe('upcoming');
    expect(shelfOf(signup(Signup_State.SIGNED_UP, -5), now)).toBe('past');
    expect(shelfOf(signup(Signup_State.CHECKED_OUT, -1), now)).toBe('past');
    expect(shelfOf(signup(Signup_State.REQUESTED, 5), now)).toBe('waiting');
    expect(shelfOf(signup(Signup_State.REQUESTED, -5), now)).toBe('gone');
    expect(shelfOf(signup(Signup_State.WITHDRAWN, 5), now)).toBe('gone');
  });
  it('give the next one that is to be served', () => {
    const all = [signup(Signup_State.SIGNED_UP, 30), signup(Signup_State.SIGNED_UP, 5), signup(Signup_State.WITHDRAWN, 1), signup(Signup_State.SIGNED_UP, -9)];
    expect(nextOf(all, now)?.name).toBe('shifts/s5/signups/v');
    expect(nextOf([], now)).toBeUndefined();
  });
  it('may be left freely until a day before, and whenever the shift was moved', () => {
    expect(mayLeaveFreely(signup(Signup_State.SIGNED_UP, 25), now)).toBe(true);
    expect(mayLeaveFreely(signup(Signup_State.SIGNED_UP, 24), now)).toBe(false);
    expect(mayLeaveFreely({ ...signup(Signup_State.SIGNED_UP, 3), askUntilTime: toTimestamp(new Date(now + 1000)) as Signup['askUntilTime'] }, now)).toBe(true);
  });
  it('can be checked in to from an hour before until two hours after', () => {
    expect(checkInOpen(signup(Signup_State.SIGNED_UP, 1), now)).toBe(true);
    expect(checkInOpen(signup(Signup_State.SIGNED_UP, 1.1), now)).toBe(false);
    expect(checkInOpen(signup(Signup_State.SIGNED_UP, -3.9), now)).toBe(true);
    expect(checkInOpen(signup(Signup_State.SIGNED_UP, -4), now)).toBe(false);
    expect(checkInOpen(signup(Signup_State.WITHDRAWN, 0), now)).toBe(false);
  });
});

it('counts down in the unit that people use', () => {
  const at = (startsIn: number) => countdown(now + hoursMs(startsIn), now + hoursMs(startsIn + 2), now);
  expect(at(0.5)).toEqual({ unit: 'minutes', count: 30 });
  expect(at(47)).toEqual({ unit: 'hours', count: 47 });
  expect(at(48)).toEqual({ unit: 'days', count: 2 });
  expect(at(-1).unit).toBe('running');
  expect(at(-2).unit).toBe('over');
});

it('says whether there is room', () => {
  expect(roomOf({ free: 6, needed: 6, freeTraineePlaces: 0 })).toBe('free');
  expect(roomOf({ free: 1, needed: 2, freeTraineePlaces: 0 })).toBe('few');
  expect(roomOf({ free: 4, needed: 20, freeTraineePlaces: 0 })).toBe('few');
  expect(roomOf({ free: 0, needed: 2, freeTraineePlaces: 1 })).toBe('trainee');
  expect(roomOf({ free: 0, needed: 2, freeTraineePlaces: 0 })).toBe('full');
});

it('reckons ages by the birthday', () => {
  expect(ageOn('2008-11-23', '2026-11-23')).toBe(18);
  expect(ageOn('2008-11-24', '2026-11-23')).toBe(17);
});

describe('codes of places', () => {
  const origin = 'https://kepu.example';
  it('are read as typed, with capitals and spaces', () => {
    expect(readCode(' 2TH wz7 ', origin)).toEqual({ code: '2thwz7', place: '' });
    expect(readCode('2thwz', origin)).toBeUndefined();
    expect(readCode('2thw01', origin)).toBeUndefined();
  });
  it('are read from the address that a place shows, of this origin only', () => {
    expect(readCode(codeAddress(origin, 'venues/cqstm', '2thwz7'), origin)).toEqual({ code: '2thwz7', place: 'venues/cqstm' });
    expect(readCode(codeAddress('https://other.example', 'venues/cqstm', '2thwz7'), origin)).toBeUndefined();
  });
});

it('sums a ledger by the year of the city, corrections included', () => {
  const row = (start: string, minutes: number, corrects = '') => create(HourRecordSchema, { name: 'volunteers/v/hourRecords/r1', shift: 'shifts/s', startTime: toTimestamp(new Date(start)), minutes, corrects });
  const years = yearsOf([row('2026-12-31T15:00:00Z', 60), row('2026-12-31T16:30:00Z', 120), row('2026-12-31T15:00:00Z', -30, 'volunteers/v/hourRecords/r1')]);
  expect(years).toEqual([{ year: '2027', minutes: 120, services: 1 }, { year: '2026', minutes: 30, services: 1 }]);
  expect(signupOf(row('2026-12-31T15:00:00Z', 60))).toBe('shifts/s/signups/v');
});

it('keeps times of the week as they were said', () => {
  const days = daysOf({ windows: [{ day: 6, startMinute: 540, endMinute: 1440 }] as never });
  expect(days[5]).toEqual({ on: true, from: '09:00', to: '23:59' });
  expect(windowsOf(days)).toEqual([{ day: 6, startMinute: 540, endMinute: 1440 }]);
  expect(clockOf(75)).toBe('01:15');
});
