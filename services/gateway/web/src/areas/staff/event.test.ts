import { expect, it } from 'vitest';
import { EventForm, EventMode, Subject, TargetGroup, Theme } from '@/gen/kepu/event/v1/event_pb.js';
import { eventMessage, freshEvent, lacksOf, topicsOf } from './event';

it('names all that publishing lacks', () => {
  expect(lacksOf(freshEvent())).toEqual(['themes', 'targetGroups', 'subject', 'form', 'topics', 'district', 'leadUnit']);
  const full = {
    ...freshEvent(), themes: [Theme.INNOVATION], targetGroups: [TargetGroup.MINORS], subject: Subject.NATURAL, form: EventForm.LECTURE, topics: 'light',
    district: 'districts/x', leadUnit: 'organizations/y', mode: EventMode.ONSITE,
  };
  expect(lacksOf(full)).toEqual([]);
  expect(lacksOf({ ...full, form: EventForm.ONLINE_INTERVIEW })).toEqual(['online']);
});
it('parts topics however they are written', () => {
  expect(topicsOf('Light，colour 、light;  optics')).toEqual(['light', 'colour', 'optics']);
});
it('sends times of the city', () => {
  const message = eventMessage({ ...freshEvent(), zh: '光', firstDay: '2027-03-01', firstTime: '09:00' }, 'venues/cqstm');
  expect(new Date(Number(message.startTime!.seconds) * 1000).toISOString()).toBe('2027-03-01T01:00:00.000Z');
  expect(message.endTime!.seconds).toBeGreaterThan(message.startTime!.seconds);
});
