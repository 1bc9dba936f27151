// A visit day: times as minutes of the local day, the plan class by class, and what a refusal says would help. Pure.
import type { Refusal } from '@/api/refusal';
import type { VisitDay, VisitDay_Row, VisitDay_SchoolClass } from '@/gen/kepu/event/v1/visit_day_pb.js';

export const minutesOf = (time: string) => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};
export const timeOf = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

// The id of a course in a visit day tells which one of the catalogue it is.
export const courseId = (course: string) => {
  const [, programme = '', , id] = course.split('/');
  return id ? `${programme}.${id}` : programme;
};
export const courseName = (id: string) => {
  const [programme = '', course] = id.split('.');
  return course ? `programmes/${programme}/courses/${course}` : `programmes/${programme}`;
};

export const stepsOf = (day: Pick<VisitDay, 'rows'>, schoolClass: string): VisitDay_Row[] =>
  day.rows.filter(({ classes }) => classes.includes(schoolClass)).sort((one, other) => (one.time?.startMinute ?? 0) - (other.time?.startMinute ?? 0));

type ClassChange = Pick<VisitDay_SchoolClass, 'id' | 'grade' | 'pupils' | 'adults' | 'courses' | 'bus'>;
export interface Replan {
  classes?: ClassChange[];
  without?: string[];
  day?: { startMinute: number; endMinute: number };
}

// The smallest change after which there is a rotation, as the planner names it; nothing where a person has to choose.
export function changeFor(refusal: Refusal | undefined, day: VisitDay): Replan | undefined {
  if (!refusal || !day.day) return undefined;
  const { class: who = '', course = '', amount = '0', thing = '' } = refusal.params;
  const { startMinute, endMinute } = day.day;
  const found = day.classes.find(({ id }) => id === who);
  const all = day.courses.map(({ id }) => id);
  const wanted = (one: VisitDay_SchoolClass) => (one.courses.length ? one.courses : all);
  const plain = ({ id, grade, pupils, adults, bus }: VisitDay_SchoolClass, courses: string[]): ClassChange => ({ id, grade, pupils, adults, bus, courses });
  switch (refusal.reason) {
    case 'VISIT_NEEDS_LATER_DEPARTURE':
      return { day: { startMinute, endMinute: Math.min(1440, endMinute + Number(amount)) } };
    case 'VISIT_NEEDS_EARLIER_ARRIVAL':
      return { day: { startMinute: Math.max(0, startMinute - Number(amount)), endMinute } };
    case 'VISIT_NEEDS_COURSE_LESS':
      return found && { classes: [plain(found, wanted(found).filter((one) => one !== course))] };
    case 'VISIT_NEEDS_FEWER_COURSES':
      return { classes: day.classes.map((one) => plain(one, wanted(one).slice(0, Number(amount)))) };
    case 'VISIT_NEEDS_CLASS_LESS':
      return { without: [who] };
    case 'VISIT_NEEDS_SPLIT': {
      if (!found) return undefined;
      const half = (part: number, id: string): ClassChange => ({
        ...plain(found, found.courses), id, pupils: part ? Math.floor(found.pupils / 2) : Math.ceil(found.pupils / 2), adults: Math.max(1, Math.ceil(found.adults / 2)),
      });
      return { classes: [half(0, found.id), half(1, `${found.id}B`)] };
    }
    case 'VISIT_PART_NOT_FREE':
      return thing ? { without: [thing] } : undefined;
    default:
      return undefined;
  }
}
