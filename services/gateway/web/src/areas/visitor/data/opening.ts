// Opening hours in words, and why a venue is closed.
import { venues } from './clients';
import type { OpeningDay, Period } from '@/gen/kepu/venue/v1/venue_pb.js';
import { said, t, te } from '@/i18n';

const two = (value: number) => String(value).padStart(2, '0');
type Clock = Period['openTime'];
export const clock = (time: Clock) => (time ? `${two(time.hours)}:${two(time.minutes)}` : '');
export const minuteOf = (time: Clock) => (time ? time.hours * 60 + time.minutes : 0);
export const hoursText = (periods: Period[]) => periods.map((one) => `${clock(one.openTime)}–${clock(one.closeTime)}`).join(' · ');

// The minute of the city's day.
export const minuteNow = (now: Date) => (Math.floor(now.getTime() / 60_000) + 8 * 60) % 1440;
export const openNow = (day: OpeningDay | undefined, now: Date) => !!day?.open && day.periods.some((one) => minuteOf(one.openTime) <= minuteNow(now) && minuteNow(now) < minuteOf(one.closeTime));
export const lastEntry = (day: OpeningDay | undefined) => clock(day?.periods.at(-1)?.lastEntryTime);


// Why a day is as it is; of a closure what its staff wrote.
export async function closedReason(day: OpeningDay): Promise<string> {
  const closure = day.params.closure;
  if (day.rule === 'CLOSURE' && closure?.startsWith('venues/')) {
    try {
      return said((await venues.getClosure({ name: closure })).reason);
    } catch {
      return ruleText(day);
    }
  }
  return ruleText(day);
}
export function ruleText(day: OpeningDay): string {
  const key = `visitor.rule.${day.rule}`;
  return [te(key) ? t(key) : '', day.params.note ?? ''].filter(Boolean).join(' · ');
}
