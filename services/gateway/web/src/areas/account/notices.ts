// A notice in words: its kind and parameters come from the services, its sentence from the list of words, and what it is
// about is a page to open.
import type { Notice } from '@/gen/kepu/identity/v1/identity_pb.js';
import { dayTimeText } from '@/i18n/time';

// Kinds that have a sentence; others are told as "something changed".
export const kinds = [
  'WAIT_LIST_OFFER', 'COUNTER_OFFER', 'SESSION_CANCELLED', 'BOOKING_APPROVED', 'BOOKING_DECLINED', 'BOOKING_MOVED', 'SESSION_RESCHEDULED',
  'SESSION_DISRUPTED', 'SESSION_RESTORED', 'SESSION_HELD', 'SHIFT_CANCELLED', 'SHIFT_INVITED', 'SHIFT_MOVED', 'SHIFT_OFFERED', 'SHIFT_RELEASED',
  'HOURS_RECORDED', 'HOURS_APPROVED', 'HOURS_CORRECTED', 'CONSENT_ENDING', 'QUALIFICATION_ENDING', 'ABSENCE_MARKED', 'reset_requested',
];

export const wordOf = (notice: Notice) => (kinds.includes(notice.kind) ? notice.kind : 'other');

export function paramsOf(notice: Notice): Record<string, string> {
  const params: Record<string, string> = { start: '', until: '', why: '' };
  for (const { key, value } of notice.params) params[key] = /^\d{4}-\d\d-\d\dT/.test(value) ? dayTimeText(new Date(value)) : value;
  return params;
}

// Where its reader goes on.
export function pageOf(notice: Notice): string {
  const about = notice.about;
  if (notice.kind === 'SESSION_HELD') return '/staff';
  if (/^events\/.*\/bookings\//.test(about)) return `/bookings?name=${encodeURIComponent(about)}`;
  if (about.startsWith('shifts/') || /^(SHIFT|HOURS|CONSENT|QUALIFICATION|ABSENCE)_/.test(notice.kind)) {
    return notice.kind.startsWith('HOURS') ? '/volunteer/hours' : '/volunteer';
  }
  return '';
}
