// Opening hours in words, and why a venue is closed.
import { venues } from './clients';
import { tellVenue } from '@/api/venues';
import type { OpeningDay, Period, Venue } from '@/gen/kepu/venue/v1/venue_pb.js';
import { said, t, te } from '@/i18n';
import { addDays, toCivil, today } from '@/i18n/time';

const two = (value: number) => String(value).padStart(2, '0');
type Clock = Period['openTime'];
export const clock = (time: Clock) => (time ? `${two(time.hours)}:${two(time.minutes)}` : '');
export const minuteOf = (time: Clock) => (time ? time.hours * 60 + time.minutes : 0);
export const hoursText = (periods: Period[]) => periods.map((one) => `${clock(one.openTime)}–${clock(one.closeTime)}`).join(' · ');

// The minute of the city's day.
export const minuteNow = (now: Date) => (Math.floor(now.getTime() / 60_000) + 8 * 60) % 1440;
export const openNow = (day: OpeningDay | undefined, now: Date) => !!day?.open && day.periods.some((one) => minuteOf(one.openTime) <= minuteNow(now) && minuteNow(now) < minuteOf(one.closeTime));

// Parts of a page that stand beside each other ask for the same: one answer for a minute.
function forMinute<Value>(read: (about: string) => Promise<Value>) {
  const known = new Map<string, { until: number; answer: Promise<Value> }>();
  return (about: string): Promise<Value> => {
    const had = known.get(about);
    if (had && had.until > Date.now()) return had.answer;
    const answer = read(about);
    answer.catch(() => known.delete(about));
    known.set(about, { until: Date.now() + 60_000, answer });
    return answer;
  };
}
// Today and the two days after it.
export const openingSoon = forMinute(async (name) => (await venues.getOpening({ name, firstDate: toCivil(today()), lastDate: toCivil(addDays(today(), 2)) })).days);
// The first dozen of a district ("": of the city).
export const someVenues = forMinute(async (district): Promise<Venue[]> => {
  const list = (await venues.listVenues({ district, pageSize: 12 })).venues;
  for (const venue of list) tellVenue(venue);
  return list;
});

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
