// A tour while it is arranged: its stops with the days and times that are typed or dragged, and what to do about each problem
// that a check finds. Pure.
import { clone, create } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import type { CheckTourResponse_Problem } from '@/gen/kepu/venue/v1/fleet_service_pb.js';
import { type Tour, TourSchema } from '@/gen/kepu/venue/v1/fleet_pb.js';
import { at, dateKey, timeText, toDate, toTimestamp } from '@/i18n/time';
import type { Span } from './axis';

// A stop as it stands in the form; `index` is its place in the tour that is changed.
export interface StopPlan {
  index: number;
  firstDay: string;
  from: string;
  lastDay: string;
  to: string;
}
export interface StopChoice {
  span: Span;
  stops: StopPlan[];
}

export const spanOf = (stop: StopPlan): Span => ({ start: at(stop.firstDay, stop.from), end: at(stop.lastDay, stop.to) });
export const stopAt = (index: number, { start, end }: Span): StopPlan => ({ index, firstDay: dateKey(start), from: timeText(start), lastDay: dateKey(end), to: timeText(end) });
export const stopsOf = (tour: Tour): StopPlan[] => tour.stops.map(({ startTime, endTime }, index) => stopAt(index, { start: toDate(startTime)!, end: toDate(endTime)! }));

export const withStop = (stops: StopPlan[], index: number, span: Span) => stops.map((one) => (one.index === index ? stopAt(index, span) : one));
// All of it, by so many milliseconds.
export const shiftedBy = (stops: StopPlan[], by: number) =>
  stops.map((one) => {
    const { start, end } = spanOf(one);
    return stopAt(one.index, { start: new Date(start.getTime() + by), end: new Date(end.getTime() + by) });
  });

// A stop, or its tour, by the name of what was moved; and the stops as they are after that.
export const tourOf = (name: string) => name.split('/').slice(0, 4).join('/');
export function stopsMoved(tour: Tour, { bar, span }: { bar: Span & { id: string }; span: Span }): StopPlan[] {
  const index = tour.stops.findIndex(({ name }) => name === bar.id);
  return index < 0 ? shiftedBy(stopsOf(tour), span.start.getTime() - bar.start.getTime()) : withStop(stopsOf(tour), index, span);
}

export const inOrder = (stops: StopPlan[]) => [...stops].sort((one, two) => spanOf(one).start.getTime() - spanOf(two).start.getTime());
export const sane = (stops: StopPlan[]) => stops.length > 0 && stops.every((one) => spanOf(one).end > spanOf(one).start);
export const changed = (tour: Tour, stops: StopPlan[]) => JSON.stringify(inOrder(stops)) !== JSON.stringify(stopsOf(tour));

const timestamp = (date: Date) => create(TimestampSchema, toTimestamp(date));
// The tour as it would be sent: the stops in the order of time.
export function tourWith(tour: Tour, stops: StopPlan[]): Tour {
  const next = clone(TourSchema, tour);
  next.stops = inOrder(stops).map((one) => {
    const { start, end } = spanOf(one);
    return { ...next.stops[one.index]!, startTime: timestamp(start), endTime: timestamp(end) };
  });
  return next;
}

type Problem = Pick<CheckTourResponse_Problem, 'field' | 'rule' | 'params'>;
const timeOf = (text: string | undefined) => {
  const time = new Date(text ?? '');
  return Number.isNaN(time.getTime()) ? undefined : time;
};
const lasting = ({ start, end }: Span, from: Date): Span => ({ start: from, end: new Date(from.getTime() + end.getTime() - start.getTime()) });

// What would do instead, nearest first: each is the stops as they would be, and where the stop that is meant would stand then.
export function choicesOf({ field, rule, params }: Problem, stops: StopPlan[], now: Date): StopChoice[] {
  const sent = inOrder(stops);
  const place = Number(/stops\[(\d+)\]/.exec(field)?.[1] ?? 0);
  const stop = sent[place];
  const first = sent[0];
  if (!stop || !first) return [];
  const span = spanOf(stop);
  const only = (to: Span): StopChoice => ({ span: to, stops: withStop(stops, stop.index, to) });
  const all = (to: Date): StopChoice => ({ span: lasting(spanOf(first), to), stops: shiftedBy(stops, to.getTime() - spanOf(first).start.getTime()) });
  const earliest = timeOf(params.earliest);
  if (rule === 'CARAVAN_TAKEN' || rule === 'TOUR_LEAVES_TOO_EARLY') return earliest ? [all(earliest)] : [];
  if (rule === 'TOUR_NO_TIME_TO_DRIVE') return earliest ? [only(lasting(span, earliest))] : [];
  if (rule === 'STOP_OUTSIDE_WISHES')
    return (params.wishes ?? '').split(', ').flatMap((range) => {
      const [from = '', to = ''] = range.split('..');
      const day = [from, to].find((one) => /^\d{4}-\d\d-\d\d$/.test(one) && at(one, stop.from) > now);
      return day ? [only(lasting(span, at(day, stop.from)))] : [];
    });
  const latest = timeOf(params.latest_end);
  if (rule === 'TOUR_BACK_TOO_LATE' && latest) return [only({ start: new Date(span.start.getTime() - (span.end.getTime() - latest.getTime())), end: latest })];
  const over = Number(params.over);
  if (rule === 'TOUR_CREW_DAY' && over > 0 && span.end.getTime() - span.start.getTime() > (over + 15) * 60_000) return [only({ start: span.start, end: new Date(span.end.getTime() - over * 60_000) })];
  return [];
}
