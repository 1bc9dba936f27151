// Sums of a ledger, and the attendances that its rows stand for.
import type { HourRecord, Signup } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { Signup_HoursState, Signup_State } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { dateKey } from '@/i18n/time';

export interface Year {
  year: string;
  minutes: number;
  services: number;
}

// By the year of the city in which the service began, newest first. A correction changes hours, not how often somebody served.
export function yearsOf(records: HourRecord[]): Year[] {
  const years = new Map<string, Year>();
  for (const one of records) {
    const year = dateKey(one.startTime).slice(0, 4);
    const sum = years.get(year) ?? { year, minutes: 0, services: 0 };
    sum.minutes += one.minutes;
    if (!one.corrects) sum.services += 1;
    years.set(year, sum);
  }
  return [...years.values()].sort((a, b) => b.year.localeCompare(a.year));
}

// Attendances that are not in the ledger yet.
export const pendingOf = (signups: Signup[]) =>
  signups.filter(({ state, hoursState }) => state === Signup_State.CHECKED_OUT && hoursState !== Signup_HoursState.RECORDED).reverse();

export const signupOf = (record: Pick<HourRecord, 'name' | 'shift'>) => `${record.shift}/signups/${record.name.split('/')[1] ?? ''}`;
