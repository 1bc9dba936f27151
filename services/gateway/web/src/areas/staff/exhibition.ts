// What the form of an exhibition holds, and how it becomes a plan. Pure.
import { type Exhibition, Exhibition_Kind, Exhibition_Phase_Kind as PhaseKind, Exhibition_State } from '@/gen/kepu/venue/v1/venue_pb.js';
import { addDays, at, fromCivil, toCivil } from '@/i18n/time';

// A part of the plan with days of its own: on the road, building up and down, looking after.
export interface PhasePlan {
  kind: PhaseKind;
  first: string;
  last: string;
  crew: number;
  note: string;
}
export const phaseKinds = [PhaseKind.TRANSPORT, PhaseKind.INSTALL, PhaseKind.MAINTAIN, PhaseKind.DEINSTALL];
export interface Plan {
  phases: PhasePlan[]; // none: building up and down by days alone

  zh: string;
  en: string;
  about: string;
  kind: Exhibition_Kind;
  spaces: string[];
  firstDate: string;
  lastDate: string;
  setupDays: number;
  takedownDays: number;
  partner: string;
}
export const freshPlan = (): Plan => ({ zh: '', en: '', about: '', kind: Exhibition_Kind.TEMPORARY, spaces: [], firstDate: '', lastDate: '', setupDays: 2, takedownDays: 1, partner: '', phases: [] });

export const planOf = (exhibition: Exhibition): Plan => ({
  zh: exhibition.title?.zh ?? '', en: exhibition.title?.en ?? '', about: exhibition.description?.zh ?? '', kind: exhibition.kind || Exhibition_Kind.TEMPORARY, spaces: [...exhibition.spaces],
  firstDate: fromCivil(exhibition.firstDate), lastDate: fromCivil(exhibition.lastDate), setupDays: exhibition.setupDays, takedownDays: exhibition.takedownDays, partner: exhibition.partner?.zh ?? '',
  phases: exhibition.phases.filter(({ kind }) => kind !== PhaseKind.OPEN).map(({ kind, firstDate, lastDate, crew, note }) => ({ kind, first: fromCivil(firstDate), last: fromCivil(lastDate ?? firstDate), crew, note: note?.zh ?? '' })),
});

export const messageOf = (plan: Plan, name = '') => ({
  name, title: { zh: plan.zh.trim(), en: plan.en.trim() }, description: plan.about ? { zh: plan.about } : undefined, kind: plan.kind, spaces: plan.spaces,
  firstDate: plan.firstDate ? toCivil(plan.firstDate) : undefined, lastDate: plan.lastDate ? toCivil(plan.lastDate) : undefined,
  setupDays: plan.phases.length ? 0 : plan.setupDays || 0, takedownDays: plan.phases.length ? 0 : plan.takedownDays || 0, partner: plan.partner ? { zh: plan.partner } : undefined,
  phases: inOrder(plan.phases).map(({ kind, first, last, crew, note }) => ({ kind, firstDate: toCivil(first), lastDate: toCivil(last || first), crew: crew || 0, note: note ? { zh: note } : undefined })),
});
const inOrder = (phases: PhasePlan[]) => [...phases].sort((one, two) => one.first.localeCompare(two.first));
export const planPaths = ['title', 'description', 'kind', 'spaces', 'first_date', 'last_date', 'setup_days', 'takedown_days', 'partner', 'phases'];
export const complete = (plan: Plan) => Boolean(plan.zh.trim() && plan.firstDate && (plan.lastDate || plan.kind === Exhibition_Kind.PERMANENT) && (plan.lastDate === '' || plan.lastDate >= plan.firstDate) && plan.phases.every(({ first, last }) => first && (!last || last >= first)));

export interface Phase {
  key: 'transport' | 'setup' | 'open' | 'maintain' | 'takedown';
  first: string;
  last: string;
}
const phaseKey: Partial<Record<PhaseKind, Phase['key']>> = { [PhaseKind.TRANSPORT]: 'transport', [PhaseKind.INSTALL]: 'setup', [PhaseKind.MAINTAIN]: 'maintain', [PhaseKind.DEINSTALL]: 'takedown' };
export function phasesOf(plan: Plan): Phase[] {
  if (!plan.firstDate) return [];
  const last = plan.lastDate || plan.firstDate;
  const open: Phase = { key: 'open', first: plan.firstDate, last };
  const parts: PhasePlan[] = plan.phases.length ? plan.phases : builtUpAndDown(plan);
  return [...parts.flatMap(({ kind, first, last: end }) => (first && phaseKey[kind] ? [{ key: phaseKey[kind], first, last: end || first }] : [])), open].sort((one, two) => one.first.localeCompare(two.first));
}
// What the days of building up and down are as phases.
export function builtUpAndDown({ firstDate, lastDate, setupDays, takedownDays }: Plan): PhasePlan[] {
  const last = lastDate || firstDate;
  const phase = (kind: PhaseKind, from: string, to: string): PhasePlan => ({ kind, first: from, last: to, crew: 0, note: '' });
  return [
    ...(setupDays > 0 ? [phase(PhaseKind.INSTALL, addDays(firstDate, -setupDays), addDays(firstDate, -1))] : []),
    ...(takedownDays > 0 ? [phase(PhaseKind.DEINSTALL, addDays(last, 1), addDays(last, takedownDays))] : []),
  ];
}
// One more phase, where it may lie.
export function anotherPhase({ firstDate, lastDate, phases }: Plan): PhasePlan {
  const start = phases.reduce((first, one) => (one.first && one.first < first ? one.first : first), firstDate);
  const day = phases.some(({ kind }) => kind === PhaseKind.TRANSPORT) && (lastDate || firstDate) > firstDate ? addDays(firstDate, 1) : '';
  return day ? { kind: PhaseKind.MAINTAIN, first: day, last: day, crew: 0, note: '' } : { kind: PhaseKind.TRANSPORT, first: addDays(start, -1), last: addDays(start, -1), crew: 0, note: '' };
}
const daysBetween = (from: string, to: string) => Math.round((at(to).getTime() - at(from).getTime()) / 86400e3);
// Phases go along when an exhibition moves: those after it with its last day, the others with its first.
export function phasesMoved(phases: PhasePlan[], before: { first: string; last: string }, now: { first: string; last: string }): PhasePlan[] {
  if (!before.first || !now.first) return phases;
  const [head, tail] = [daysBetween(before.first, now.first), before.last && now.last ? daysBetween(before.last, now.last) : 0];
  return phases.map((one) => {
    const by = one.first > before.last ? tail : head;
    return by && one.first ? { ...one, first: addDays(one.first, by), last: addDays(one.last || one.first, by) } : one;
  });
}
// The same weeks of the next year, on the same day of the week.
export const nextYear = (date: string) => addDays(date, 364);

export const exhibitionStates: Record<Exhibition_State, { key: string; tone: string }> = {
  [Exhibition_State.STATE_UNSPECIFIED]: { key: 'draft', tone: '' },
  [Exhibition_State.DRAFT]: { key: 'draft', tone: 'brand' },
  [Exhibition_State.SCHEDULED]: { key: 'published', tone: 'good' },
  [Exhibition_State.CANCELLED]: { key: 'cancelled', tone: 'bad' },
  [Exhibition_State.DROPPED]: { key: 'dropped', tone: '' },
};
export const exhibitionKinds = [Exhibition_Kind.TEMPORARY, Exhibition_Kind.TOURING, Exhibition_Kind.INCOMING, Exhibition_Kind.OUTGOING, Exhibition_Kind.PERMANENT];
