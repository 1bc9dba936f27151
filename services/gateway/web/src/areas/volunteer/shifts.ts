// Pure rules of what the pages show of shifts and sign-ups.
import { type Shift, type Signup, Signup_State } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { toDate } from '@/i18n/time';

export const hoursMs = (count: number) => count * 3600e3;
// Without a reason one may leave until so long before the start; check-in opens so long before it.
export const leaveHours = 24;
export const checkInHours = 1;
// Who has not checked out so long after the end counts as gone at the end.
export const closeHours = 2;

const startOf = (one: Pick<Signup, 'startTime'>) => toDate(one.startTime)?.getTime() ?? 0;
const endOf = (one: Pick<Signup, 'endTime'>) => toDate(one.endTime)?.getTime() ?? 0;

const serving = [Signup_State.SIGNED_UP, Signup_State.CHECKED_IN];
const waiting = [Signup_State.REQUESTED, Signup_State.INVITED];

export type Shelf = 'upcoming' | 'waiting' | 'past' | 'gone';
// On which list of "my shifts" a sign-up stands.
export function shelfOf(signup: Signup, now: number): Shelf {
  if (waiting.includes(signup.state)) return endOf(signup) > now ? 'waiting' : 'gone';
  if (serving.includes(signup.state) && endOf(signup) + hoursMs(closeHours) > now) return 'upcoming';
  if ([Signup_State.CHECKED_OUT, Signup_State.NO_SHOW, ...serving].includes(signup.state)) return 'past';
  return 'gone';
}

export function nextOf(signups: Signup[], now: number): Signup | undefined {
  return signups
    .filter((one) => serving.includes(one.state) && endOf(one) + hoursMs(closeHours) > now)
    .sort((a, b) => startOf(a) - startOf(b))[0];
}

export const mayLeaveFreely = (signup: Pick<Signup, 'startTime' | 'askUntilTime'>, now: number) =>
  now < startOf(signup) - hoursMs(leaveHours) || (toDate(signup.askUntilTime)?.getTime() ?? 0) > now;

export const checkInOpen = (signup: Signup, now: number) =>
  serving.includes(signup.state) && now >= startOf(signup) - hoursMs(checkInHours) && now < endOf(signup) + hoursMs(closeHours);

export interface Countdown {
  unit: 'days' | 'hours' | 'minutes' | 'running' | 'over';
  count: number;
}
export function countdown(startTime: number, endTime: number, now: number): Countdown {
  if (now >= endTime) return { unit: 'over', count: 0 };
  if (now >= startTime) return { unit: 'running', count: 0 };
  const minutes = Math.ceil((startTime - now) / 60e3);
  if (minutes < 60) return { unit: 'minutes', count: minutes };
  if (minutes < 48 * 60) return { unit: 'hours', count: Math.floor(minutes / 60) };
  return { unit: 'days', count: Math.floor(minutes / 1440) };
}

export type Room = 'free' | 'few' | 'trainee' | 'full';
// Whether there is a place, as a badge says it.
export function roomOf(shift: Pick<Shift, 'free' | 'needed' | 'freeTraineePlaces'>): Room {
  if (shift.free <= 0) return shift.freeTraineePlaces > 0 ? 'trainee' : 'full';
  return shift.free === 1 || shift.free * 5 <= shift.needed ? 'few' : 'free';
}

// "1.5" hours of minutes, without a trailing zero.
export const hoursOf = (minutes: number | string) => Math.round((Number(minutes) / 60) * 100) / 100;

// Years between a date of birth ("2012-03-01") and today ("2026-11-22").
export function ageOn(birth: string, today: string): number {
  const [year = 0, month = 0, day = 0] = birth.split('-').map(Number);
  const [nowYear = 0, nowMonth = 0, nowDay = 0] = today.split('-').map(Number);
  return nowYear - year - (nowMonth > month || (nowMonth === month && nowDay >= day) ? 0 : 1);
}
