// What the form of a session or a series of them holds, and how it is sent. Pure.
import { Booking_Kind, Pool_Counts, type Session } from '@/gen/kepu/event/v1/event_pb.js';
import { SessionSeries_Recurrence_Frequency } from '@/gen/kepu/event/v1/schedule_pb.js';
import { addDays, at, dateKey, timeText, toCivil, toTimestamp } from '@/i18n/time';

export interface PoolDraft {
  id: string;
  capacity: number;
  counts: Pool_Counts;
  kinds: Booking_Kind[];
}
export interface AllotmentDraft {
  id: string;
  pool: string;
  places: number;
  beneficiary: string;
  releaseDay: string;
}
export interface SessionDraft {
  day: string;
  from: string;
  to: string;
  space: string;
  pools: PoolDraft[];
  partyMin: number;
  partyMax: number;
  openDay: string; // booking opens then; empty: at once
  openTime: string;
  closeDay: string;
  closeTime: string;
  approvalKinds: Booking_Kind[];
  approvalHeads: number;
  allotments: AllotmentDraft[];
  draft: boolean;
  repeats: boolean;
  daily: boolean;
  interval: number;
  weekdays: number[];
  count: number;
  skipConflicts: boolean;
}
export const freshPool = (id: string, capacity = 40): PoolDraft => ({ id, capacity, counts: Pool_Counts.HEADS, kinds: [] });
export const freshSession = (day: string): SessionDraft => ({
  day, from: '10:00', to: '11:00', space: '', pools: [freshPool('all')], partyMin: 1, partyMax: 0, openDay: '', openTime: '09:00', closeDay: '', closeTime: '17:00', approvalKinds: [], approvalHeads: 0,
  allotments: [], draft: false, repeats: false, daily: false, interval: 1, weekdays: [], count: 6, skipConflicts: false,
});

export const sessionDraftOf = (session: Session): SessionDraft => ({
  ...freshSession(dateKey(session.startTime)), from: timeText(session.startTime), to: timeText(session.endTime), space: session.space,
  pools: session.pools.map(({ id, capacity, counts, kinds }) => ({ id, capacity, counts: counts || Pool_Counts.HEADS, kinds: [...kinds] })), partyMin: session.partyMin, partyMax: session.partyMax,
  openDay: dateKey(session.bookingOpenTime), openTime: timeText(session.bookingOpenTime) || '09:00', closeDay: dateKey(session.bookingCloseTime), closeTime: timeText(session.bookingCloseTime) || '17:00',
  approvalKinds: [...(session.terms?.approvalKinds ?? [])], approvalHeads: session.terms?.approvalHeads ?? 0,
  allotments: session.allotments.map(({ id, pool, places, beneficiaries, releaseTime }) => ({ id, pool, places, beneficiary: beneficiaries[0] ?? '', releaseDay: dateKey(releaseTime) })),
});

export const startOf = (draft: SessionDraft) => at(draft.day, draft.from);
// An end at or before the start is the next day's.
export const endOf = (draft: SessionDraft) => (draft.to > draft.from ? at(draft.day, draft.to) : at(addDays(draft.day, 1), draft.to));
export const headsOf = (draft: SessionDraft) => Math.max(0, ...draft.pools.filter(({ counts }) => counts === Pool_Counts.HEADS).map(({ capacity }) => capacity || 0));

export const sessionMessage = (draft: SessionDraft, place: string) => ({
  place, space: draft.space, startTime: toTimestamp(startOf(draft)), endTime: toTimestamp(endOf(draft)), ...settingsOf(draft),
});
export const settingsOf = (draft: SessionDraft) => ({
  pools: draft.pools.map(({ id, capacity, counts, kinds }) => ({ id, capacity: capacity || 0, counts, kinds })),
  partyMin: draft.partyMin || 0, partyMax: draft.partyMax || 0,
  bookingOpenTime: draft.openDay ? toTimestamp(at(draft.openDay, draft.openTime)) : undefined,
  bookingCloseTime: draft.closeDay ? toTimestamp(at(draft.closeDay, draft.closeTime)) : undefined,
  terms: draft.approvalKinds.length || draft.approvalHeads ? { approvalKinds: draft.approvalKinds, approvalHeads: draft.approvalHeads || 0 } : undefined,
  allotments: draft.allotments.map(({ id, pool, places, beneficiary, releaseDay }) => ({ id, pool, places: places || 0, beneficiaries: beneficiary ? [beneficiary] : [], releaseTime: toTimestamp(at(releaseDay || draft.day)) })),
});
export const settingPaths = ['pools', 'party_min', 'party_max', 'booking_open_time', 'booking_close_time', 'allotments', 'terms'];

const clock = (text: string) => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return { hours, minutes, seconds: 0, nanos: 0 };
};
// One date of a series that is otherwise: another time, or left out.
export interface Otherwise {
  date: string;
  out: boolean;
  start?: Date;
  end?: Date;
}
export const seriesMessage = (draft: SessionDraft, place: string, otherwise: Otherwise[]) => ({
  session: sessionMessage(draft, place),
  recurrence: {
    frequency: draft.daily ? SessionSeries_Recurrence_Frequency.DAILY : SessionSeries_Recurrence_Frequency.WEEKLY, interval: draft.interval || 1, weekdays: draft.daily ? [] : draft.weekdays,
    count: draft.count, exceptDates: otherwise.filter(({ out }) => out).map(({ date }) => toCivil(date)),
  },
  exceptions: otherwise
    .filter((one): one is Otherwise & { start: Date; end: Date } => !one.out && one.start !== undefined && one.end !== undefined)
    .map(({ date, start, end }) => ({ date: toCivil(date), newDate: toCivil(dateKey(start)), startTime: clock(timeText(start)), endTime: clock(timeText(end)) })),
  skipConflicts: draft.skipConflicts,
  draft: draft.draft,
});
