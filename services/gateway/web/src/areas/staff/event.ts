// What the form of an event holds, what publishing lacks, and how it is sent. Pure.
import { type Event, Event_Kind, Event_State, EventForm, EventMode, Interaction, SubGroup, Subject, TargetGroup, Theme } from '@/gen/kepu/event/v1/event_pb.js';
import { at, dateKey, timeText, toTimestamp } from '@/i18n/time';

export interface EventDraft {
  zh: string;
  en: string;
  about: string;
  kind: Event_Kind;
  mode: EventMode;
  form: EventForm;
  themes: Theme[];
  targetGroups: TargetGroup[];
  subGroups: SubGroup[];
  subject: Subject;
  topics: string;
  interaction: Interaction;
  district: string;
  leadUnit: string;
  campaign: string;
  programme: string;
  firstDay: string;
  firstTime: string;
  lastDay: string;
  lastTime: string;
  onlineUrl: string;
  safety: string;
}
export const freshEvent = (): EventDraft => ({
  zh: '', en: '', about: '', kind: Event_Kind.WORKSHOP, mode: EventMode.ONSITE, form: EventForm.UNSPECIFIED, themes: [], targetGroups: [], subGroups: [],
  subject: Subject.UNSPECIFIED, topics: '', interaction: Interaction.UNSPECIFIED, district: '', leadUnit: '', campaign: '', programme: '', firstDay: '', firstTime: '09:00', lastDay: '', lastTime: '17:00', onlineUrl: '', safety: '',
});

export const draftOf = (event: Event): EventDraft => ({
  zh: event.displayName?.zh ?? '', en: event.displayName?.en ?? '', about: event.description?.zh ?? '', kind: event.kind, mode: event.mode, form: event.form, themes: [...event.themes],
  targetGroups: [...event.targetGroups], subGroups: [...event.subGroups], subject: event.subject, topics: event.topics.join(' '), interaction: event.interaction, district: event.district, leadUnit: event.leadUnit,
  campaign: event.campaign, programme: event.programme, firstDay: dateKey(event.startTime), firstTime: timeText(event.startTime) || '09:00', lastDay: dateKey(event.endTime), lastTime: timeText(event.endTime) || '17:00',
  onlineUrl: event.onlineUrl, safety: event.safetyRules?.zh ?? '',
});
// Topics are ids; people part them as they like.
export const topicsOf = (text: string) => [...new Set(text.toLowerCase().split(/[\s,，、;；]+/).filter(Boolean))];

export const eventMessage = (draft: EventDraft, place: string, name = '') => ({
  name, place, displayName: { zh: draft.zh.trim(), en: draft.en.trim() }, description: draft.about ? { zh: draft.about } : undefined, kind: draft.kind, mode: draft.mode, form: draft.form,
  themes: draft.themes, targetGroups: draft.targetGroups, subGroups: draft.subGroups, subject: draft.subject, topics: topicsOf(draft.topics), interaction: draft.interaction, district: draft.district,
  leadUnit: draft.leadUnit, campaign: draft.campaign, programme: draft.programme, onlineUrl: draft.onlineUrl.trim(), safetyRules: draft.safety ? { zh: draft.safety } : undefined,
  startTime: draft.firstDay ? toTimestamp(at(draft.firstDay, draft.firstTime)) : undefined,
  endTime: draft.firstDay ? toTimestamp(at(draft.lastDay || draft.firstDay, draft.lastTime)) : undefined,
});
export const eventPaths = ['display_name', 'description', 'kind', 'mode', 'form', 'themes', 'target_groups', 'sub_groups', 'subject', 'topics', 'interaction', 'district', 'lead_unit', 'campaign', 'online_url', 'safety_rules', 'start_time', 'end_time'];

// As the event service has it: these are asked before anything is published.
export type Lack = 'themes' | 'targetGroups' | 'subject' | 'form' | 'topics' | 'district' | 'leadUnit' | 'dates' | 'safety' | 'online';
export function lacksOf(draft: EventDraft): Lack[] {
  const lacks: Lack[] = [];
  if (!draft.themes.length) lacks.push('themes');
  if (!draft.targetGroups.length) lacks.push('targetGroups');
  if (!draft.subject) lacks.push('subject');
  if (!draft.form) lacks.push('form');
  if (!topicsOf(draft.topics).length) lacks.push('topics');
  if (!draft.district) lacks.push('district');
  if (!draft.leadUnit) lacks.push('leadUnit');
  if ([Event_Kind.CAMP, Event_Kind.OPEN_DAY, Event_Kind.PRESS_MEETUP].includes(draft.kind) && !draft.firstDay) lacks.push('dates');
  if (draft.kind === Event_Kind.OPEN_DAY && !draft.safety) lacks.push('safety');
  if (draft.form === EventForm.ONLINE_INTERVIEW && draft.mode === EventMode.ONSITE) lacks.push('online');
  return lacks;
}

const known = (list: object, not: number[] = [0]) => Object.values(list).filter((one): one is number => typeof one === 'number' && !not.includes(one));
export const choices = {
  kinds: known(Event_Kind, [0, Event_Kind.CARAVAN_STOP]) as Event_Kind[], modes: known(EventMode) as EventMode[], forms: known(EventForm) as EventForm[], themes: known(Theme) as Theme[],
  groups: known(TargetGroup) as TargetGroup[], subGroups: known(SubGroup) as SubGroup[], subjects: known(Subject) as Subject[], interactions: known(Interaction) as Interaction[],
};
export const eventTones: Record<Event_State, { key: string; tone: string }> = {
  [Event_State.STATE_UNSPECIFIED]: { key: 'draft', tone: '' },
  [Event_State.DRAFT]: { key: 'draft', tone: 'brand' },
  [Event_State.PUBLISHED]: { key: 'published', tone: 'good' },
  [Event_State.RETIRED]: { key: 'retired', tone: '' },
};
