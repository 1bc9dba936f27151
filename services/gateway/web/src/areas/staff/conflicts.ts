// What stands against a time and a place, and what could be taken instead: asked before anything is saved, said in words, with
// choices that are taken by one tap.
import { ConnectError } from '@connectrpc/connect';
import { nameOf } from '@/api/names';
import { refusalOf } from '@/api/refusal';
import { bringNames, withNames } from '@/api/sentences';
import type { Allocation, OpeningDay } from '@/gen/kepu/venue/v1/venue_pb.js';
import type { CheckAvailabilityResponse, CheckExhibitionResponse_Problem } from '@/gen/kepu/venue/v1/venue_service_pb.js';
import { language, said } from '@/i18n';
import { clauses, labelled } from '@/i18n/punctuation';
import { bringRules, fieldText, ruleText } from '@/i18n/rules';
import { addDays, at, dateKey, dayText, dayTimeText, fromCivil, spanText, timeText, toDate, toTimestamp } from '@/i18n/time';
import type { Span } from './axis';
import { venues } from './clients';
import { venueOf } from './venue';

type Translate = (key: string, params?: Record<string, unknown>) => string;

// Another time, another hall, or both.
export interface Choice {
  label: string;
  start?: Date;
  end?: Date;
  space?: string;
}
export interface Standing {
  reason: string;
  text: string;
  clashes: string[];
  choices: Choice[];
}

const clashText = (clash: Allocation, t: Translate) =>
  `${clauses(clash.holder ? nameOf(clash.holder) : t('staff.kind.use'), spanText(clash.startTime, clash.endTime))}${clash.takenStartTime && toDate(clash.takenStartTime)?.getTime() !== toDate(clash.startTime)?.getTime() ? t('staff.conflict.withSetup', { span: spanText(clash.takenStartTime, clash.takenEndTime) }) : ''}`;

// The same time on the next days that are open.
const onDay = ({ start, end }: Span, day: string): Span => {
  const shift = at(day).getTime() - at(dateKey(start)).getTime();
  return { start: new Date(start.getTime() + shift), end: new Date(end.getTime() + shift) };
};
const openText = (day: OpeningDay | undefined, t: Translate) => (day ? t('staff.conflict.VENUE_CLOSED', { day: dayText(at(fromCivil(day.date), '12:00')), rule: t(`staff.rule.${day.rule || 'OTHER'}`) }) : t('staff.conflict.closed'));

export function standingOf(answer: CheckAvailabilityResponse, span: Span, space: string, own: string[], t: Translate): Standing | undefined {
  if (answer.available) return undefined;
  const clashes = answer.clashes.filter(({ holder, name }) => !own.includes(holder) && !own.includes(name));
  const taken = ['SPACE_TAKEN', 'SPACE_HELD'].includes(answer.reason);
  if (taken && !clashes.length) return undefined;
  const choices: Choice[] = [
    ...answer.alternatives.map(({ startTime, endTime }) => ({ label: spanText(startTime, endTime), start: toDate(startTime), end: toDate(endTime) })),
    ...answer.nextOpenDays.map((day) => onDay(span, fromCivil(day.date))).map(({ start, end }) => ({ label: spanText(start, end), start, end })),
    ...answer.otherSpaces.filter((one) => venueOf(one) === venueOf(space)).map((one) => ({ label: t('staff.conflict.inSpace', { space: nameOf(one) }), space: one })),
  ];
  const text = answer.reason === 'VENUE_CLOSED' ? openText(answer.opening, t) : t(`staff.conflict.${taken ? 'SPACE_TAKEN' : answer.reason}`, { space: nameOf(space) });
  return { reason: answer.reason, text, clashes: clashes.map((clash) => clashText(clash, t)), choices: unique(choices) };
}

const unique = (choices: Choice[]) => choices.filter(({ label }, index) => choices.findIndex((one) => one.label === label) === index);

// Of a session or another use in a hall; without a hall only whether the venue is open.
export async function checkSpace(place: string, space: string, span: Span, heads: number, own: string[], t: Translate): Promise<Standing | undefined> {
  const answer = space
    ? await venues.checkAvailability({ name: space, startTime: toTimestamp(span.start), endTime: toTimestamp(span.end), needs: { heads } })
    : await venues.checkAvailability({ name: place, date: civil(span.start) });
  await bringNames(space || place, ...answer.otherSpaces, ...answer.clashes.map(({ holder }) => holder));
  return standingOf(answer, span, space || place, own, t);
}
const civil = (date: Date) => {
  const [year = 0, month = 0, day = 0] = dateKey(date).split('-').map(Number);
  return { year, month, day };
};

// A plan of an exhibition against what a check says of it.
export interface PlanDays {
  firstDate: string;
  lastDate: string;
  spaces: string[];
}
export interface PlanChoice {
  label: string;
  plan: PlanDays;
}
export interface PlanProblem {
  reason: string;
  text: string;
  choices: PlanChoice[];
}

const lengthOf = (plan: PlanDays) => Math.round((at(plan.lastDate || plan.firstDate).getTime() - at(plan.firstDate).getTime()) / 86400e3);
const rangeText = (first: string, last: string) => (first === last ? dayText(at(first, '12:00')) : `${dayText(at(first, '12:00'))} – ${dayText(at(last, '12:00'))}`);
const isDay = (text: string | undefined): text is string => /^\d{4}-\d\d-\d\d/.test(text ?? '');

// Of a plan: all problems of an answer, with the names of what they are about.
export async function problemsOf(problems: Parameters<typeof problemOf>[0][], plan: PlanDays, t: Translate): Promise<PlanProblem[]> {
  await bringRules();
  await bringNames(...problems.flatMap(({ params, message }) => [...Object.values(params), said(message)]));
  return problems.map((one) => problemOf(one, plan, t));
}

const momentText = (text: string | undefined, end: boolean) => {
  const time = new Date(text ?? '');
  if (Number.isNaN(time.getTime())) return text ?? '';
  // Whole days end at midnight of the next one.
  return timeText(time) === '00:00' ? dayText(end ? new Date(time.getTime() - 1) : time) : dayTimeText(time);
};

export function problemOf(problem: Pick<CheckExhibitionResponse_Problem, 'reason' | 'params' | 'message'>, plan: PlanDays, t: Translate): PlanProblem {
  const { params, reason } = problem;
  const taken = reason === 'SPACE_TAKEN' || reason === 'SPACE_HELD';
  const choices: PlanChoice[] = [];
  for (const day of [params.before, params.after].filter(isDay)) {
    const first = day.slice(0, 10);
    const last = addDays(first, lengthOf(plan));
    choices.push({ label: rangeText(first, last), plan: { ...plan, firstDate: first, lastDate: last } });
  }
  const inTheWay = params.space ?? '';
  for (const other of (params.others ?? '').split(', ').filter((one) => one.startsWith('venues/') && venueOf(one) === venueOf(inTheWay) && !plan.spaces.includes(one)))
    choices.push({ label: t('staff.conflict.inSpace', { space: nameOf(other) }), plan: { ...plan, spaces: plan.spaces.map((one) => (one === inTheWay ? other : one)) } });
  const holder = params.holder && params.holder !== '-' ? nameOf(params.holder) : t('staff.kind.use');
  const text = taken
    ? t('staff.conflict.takenBy', { space: nameOf(inTheWay), holder, start: momentText(params.start, false), end: momentText(params.end, true) })
    : reason === 'VENUE_CLOSED' && params.date
      ? t('staff.conflict.VENUE_CLOSED', { day: isDay(params.date) ? dayText(at(params.date.slice(0, 10), '12:00')) : params.date, rule: t(`staff.rule.${params.rule || 'OTHER'}`) })
      : params.field && params.rule
        ? labelled(fieldText(params.field), ruleText(params.rule))
        : withNames(said(problem.message));
  return { reason, text, choices };
}

// A check that is itself refused says so as a standing without choices.
export async function refusedStanding(cause: unknown, t: Translate): Promise<Standing> {
  const refusal = refusalOf(ConnectError.from(cause));
  const rules = [...new Set(refusal.violations.map(({ rule }) => rule))];
  if (rules.length) {
    const say = language() === 'zh' ? (await import('@/i18n/rules.zh')).translate : (rule: string) => rule;
    return { reason: refusal.reason, text: t('staff.conflict.wrong', { rules: rules.map(say).join('；') }), clashes: [], choices: [] };
  }
  await bringNames(said(refusal.sentences));
  return { reason: refusal.reason, text: withNames(said(refusal.sentences)) || t('staff.conflict.unchecked'), clashes: [], choices: [] };
}
