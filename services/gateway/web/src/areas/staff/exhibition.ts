// What the form of an exhibition holds, and how it becomes a plan. Pure.
import { type Exhibition, Exhibition_Kind, Exhibition_State } from '@/gen/kepu/venue/v1/venue_pb.js';
import { addDays, fromCivil, toCivil } from '@/i18n/time';

export interface Plan {
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
export const freshPlan = (): Plan => ({ zh: '', en: '', about: '', kind: Exhibition_Kind.TEMPORARY, spaces: [], firstDate: '', lastDate: '', setupDays: 2, takedownDays: 1, partner: '' });

export const planOf = (exhibition: Exhibition): Plan => ({
  zh: exhibition.title?.zh ?? '', en: exhibition.title?.en ?? '', about: exhibition.description?.zh ?? '', kind: exhibition.kind || Exhibition_Kind.TEMPORARY, spaces: [...exhibition.spaces],
  firstDate: fromCivil(exhibition.firstDate), lastDate: fromCivil(exhibition.lastDate), setupDays: exhibition.setupDays, takedownDays: exhibition.takedownDays, partner: exhibition.partner?.zh ?? '',
});

export const messageOf = (plan: Plan, name = '') => ({
  name, title: { zh: plan.zh.trim(), en: plan.en.trim() }, description: plan.about ? { zh: plan.about } : undefined, kind: plan.kind, spaces: plan.spaces,
  firstDate: plan.firstDate ? toCivil(plan.firstDate) : undefined, lastDate: plan.lastDate ? toCivil(plan.lastDate) : undefined,
  setupDays: plan.setupDays || 0, takedownDays: plan.takedownDays || 0, partner: plan.partner ? { zh: plan.partner } : undefined,
});
export const planPaths = ['title', 'description', 'kind', 'spaces', 'first_date', 'last_date', 'setup_days', 'takedown_days', 'partner'];
export const complete = (plan: Plan) => Boolean(plan.zh.trim() && plan.firstDate && (plan.lastDate || plan.kind === Exhibition_Kind.PERMANENT) && (plan.lastDate === '' || plan.lastDate >= plan.firstDate));

export interface Phase {
  key: 'setup' | 'open' | 'takedown';
  first: string;
  last: string;
}
export function phasesOf(plan: Plan): Phase[] {
  if (!plan.firstDate) return [];
  const last = plan.lastDate || plan.firstDate;
  return [
    ...(plan.setupDays > 0 ? [{ key: 'setup' as const, first: addDays(plan.firstDate, -plan.setupDays), last: addDays(plan.firstDate, -1) }] : []),
    { key: 'open', first: plan.firstDate, last },
    ...(plan.takedownDays > 0 ? [{ key: 'takedown' as const, first: addDays(last, 1), last: addDays(last, plan.takedownDays) }] : []),
  ];
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
