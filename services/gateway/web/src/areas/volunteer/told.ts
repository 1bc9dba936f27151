// Refusals as volunteers read them: the services name shifts, places and courses by their resource names and times in UTC;
// here they get the names and the times that stand on the pages.
import { isName, nameOf } from '@/api/names';
import type { Refusal } from '@/api/refusal';
import { dayTimeText } from '@/i18n/time';
import { language, t, te } from '@/i18n';
import { skillText } from './lookups';

// How a parameter of a refusal reads.
export function plainParam(key: string, value: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return dayTimeText(new Date(value));
  if (isName(value)) return nameOf(value);
  if (key === 'skill') return skillText(value);
  if (key === 'language' && te(`volunteer.languages.${value}`)) return t(`volunteer.languages.${value}`, {});
  return value;
}

// The sentence of a reason; empty where there is none of our own.
export function reasonText(reason: string, params: Record<string, string> = {}): string {
  const key = `volunteer.reason.${reason}`;
  if (!reason || !te(key)) return '';
  const plain = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, plainParam(name, value)]));
  return t(key, plain);
}

export function told(refusal: Refusal | undefined): Refusal | undefined {
  const own = refusal && reasonText(refusal.reason, refusal.params);
  if (!refusal || !own) return refusal;
  const sentences: Refusal['sentences'] = {};
  sentences[language()] = own;
  return { ...refusal, sentences };
}

// Why shifts are not offered, in general: a hidden count has no parameters.
export function hiddenText(reason: string): string {
  const key = `volunteer.hidden.${reason}`;
  return t(te(key) ? key : 'volunteer.hidden.other', {});
}
