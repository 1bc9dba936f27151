// The form of a booking: what is filled in, what goes to the service, and the id that makes sending twice safe.
import { newRequestId } from '@/api/transport';
import { Booking_Kind } from '@/gen/kepu/event/v1/event_pb.js';
import type { KnownClass } from './visits';

export interface BookForm {
  session: string;
  schoolClass: string;
  grade: string;
  pupils: number | '';
  adults: number | '';
  wheelchairs: number | '';
  buses: number | '';
  lunches: number | '';
  hardOfHearing: number | '';
  lowVision: number | '';
  english: boolean;
  // What was sent last and under which id: after a reload or a new login the same form is the same booking.
  sent?: { about: string; id: string };
}
export const freshForm = (): BookForm => ({
  session: '', schoolClass: '', grade: '', pupils: '', adults: '', wheelchairs: '', buses: '', lunches: '', hardOfHearing: '', lowVision: '', english: false,
});

export const count = (value: number | '' | undefined) => Math.max(0, Math.floor(Number(value) || 0));
export const headsOfForm = (form: BookForm) => count(form.pupils) + count(form.adults);

export function fillFrom(form: BookForm, known: KnownClass) {
  Object.assign(form, {
    schoolClass: known.schoolClass, grade: known.grade, pupils: known.pupils, adults: known.adults, wheelchairs: known.wheelchairs || '',
    buses: known.needs?.buses || '', lunches: known.needs?.lunches || '', hardOfHearing: known.needs?.hardOfHearing || '', lowVision: known.needs?.lowVision || '',
    english: known.needs?.languages.includes('en') ?? false,
  });
}

export const partyOf = (form: BookForm) => ({ pupils: count(form.pupils), adults: count(form.adults), wheelchairs: count(form.wheelchairs) });
export function needsOf(form: BookForm) {
  return {
    languages: form.english ? ['en'] : [], buses: count(form.buses), lunches: count(form.lunches),
    hardOfHearing: count(form.hardOfHearing), lowVision: count(form.lowVision),
  };
}
export function bookingOf(form: BookForm, school: string) {
  return { kind: Booking_Kind.SCHOOL, school, schoolClass: form.schoolClass.trim(), grade: form.grade, party: partyOf(form), needs: needsOf(form) };
}
export function waitEntryOf(form: BookForm, school: string) {
  return { kind: Booking_Kind.SCHOOL, school, schoolClass: form.schoolClass.trim(), grade: form.grade, party: partyOf(form) };
}

// The same content has the same id until it was answered for good.
export function requestIdOf(form: BookForm, about: string): string {
  if (form.sent?.about !== about) form.sent = { about, id: newRequestId() };
  return form.sent.id;
}
