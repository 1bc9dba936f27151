import { create } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import type { Refusal } from '@/api/refusal';
import { VisitDaySchema } from '@/gen/kepu/event/v1/visit_day_pb.js';
import { changeFor, courseId, courseName, minutesOf, stepsOf, timeOf } from './day';

const day = create(VisitDaySchema, {
  day: { startMinute: 570, endMinute: 720 },
  classes: [{ id: '5-1', grade: '5', pupils: 41, adults: 3 }, { id: '5-2', grade: '5', pupils: 36, adults: 2 }],
  courses: [{ id: 'magnets.motors', minutes: 45 }, { id: 'stars', minutes: 45 }],
  rows: [{ classes: ['5-1'], time: { startMinute: 630 } }, { classes: ['5-1', '5-2'], time: { startMinute: 570 } }, { classes: ['5-2'], time: { startMinute: 600 } }],
});
const refused = (reason: string, params: Record<string, string> = {}) => ({ reason, params }) as Refusal;

it('tells times and courses by what the service keeps', () => {
  expect([minutesOf('09:30'), timeOf(570)]).toEqual([570, '09:30']);
  expect(courseName(courseId('programmes/magnets/courses/motors'))).toBe('programmes/magnets/courses/motors');
  expect(courseName(courseId('programmes/water'))).toBe('programmes/water');
  expect(stepsOf(day, '5-1').map(({ time }) => time?.startMinute)).toEqual([570, 630]);
});

it('does what the planner says would help', () => {
  expect(changeFor(refused('VISIT_NEEDS_LATER_DEPARTURE', { amount: '30' }), day)).toEqual({ day: { startMinute: 570, endMinute: 750 } });
  expect(changeFor(refused('VISIT_NEEDS_EARLIER_ARRIVAL', { amount: '15' }), day)?.day?.startMinute).toBe(555);
  expect(changeFor(refused('VISIT_NEEDS_COURSE_LESS', { class: '5-2', course: 'stars' }), day)?.classes?.[0]).toMatchObject({ id: '5-2', courses: ['magnets.motors'] });
  expect(changeFor(refused('VISIT_NEEDS_CLASS_LESS', { class: '5-2' }), day)).toEqual({ without: ['5-2'] });
  expect(changeFor(refused('VISIT_NEEDS_SPLIT', { class: '5-1' }), day)?.classes?.map(({ id, pupils, adults }) => [id, pupils, adults])).toEqual([['5-1', 21, 2], ['5-1B', 20, 2]]);
  expect(changeFor(refused('VISIT_NEEDS_ROOM', { course: 'stars' }), day)).toBeUndefined();
});
