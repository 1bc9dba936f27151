// Reads that several pages of teachers share.
import { computed, type ComputedRef } from 'vue';
import { allPages } from '@/api/action';
import { eachOf } from '@/api/each';
import { learn, tell } from '@/api/names';
import { type Event, type Session } from '@/gen/kepu/event/v1/event_pb.js';
import type { School } from '@/gen/kepu/identity/v1/directory_pb.js';
import { useSession } from '@/session/store';
import { directory, eventOf, events, sessionOf } from './api';
import type { Visit } from './visits';

// The schools where one teaches; pages show the first one, or the one that was chosen.
const chosenKey = 'school';
export function useSchool(): { schools: ComputedRef<string[]>; school: ComputedRef<string>; choose: (school: string) => void } {
  const session = useSession();
  const schools = computed(() => session.heldOn('teacher', 'school_admin').filter((on) => on.startsWith('schools/')));
  const school = computed(() => {
    const chosen = localStorage.getItem(chosenKey) ?? '';
    return schools.value.includes(chosen) ? chosen : (schools.value[0] ?? '');
  });
  return {
    schools,
    school,
    choose: (name) => {
      localStorage.setItem(chosenKey, name);
      location.reload();
    },
  };
}

const schools = new Map<string, Promise<School>>();
export function readSchool(name: string): Promise<School> {
  const coming = schools.get(name) ?? directory.getSchool({ name });
  schools.set(name, coming);
  coming.then((school) => tell(name, school.displayName), () => schools.delete(name));
  return coming;
}

export async function readEvent(name: string): Promise<Event> {
  const event = await events.getEvent({ name });
  tell(name, event.displayName);
  return event;
}

// A session that is gone for the reader is left out.
export async function readSessions(names: string[]): Promise<Map<string, Session>> {
  const found = await eachOf([...new Set(names)], (name) => events.getSession({ name }).catch(() => undefined));
  return new Map(found.filter((session): session is Session => session !== undefined).map((session) => [session.name, session]));
}

export async function learnSessions(sessions: Iterable<Session>) {
  await learn([...sessions].flatMap(({ name, place, space, programme }) => [eventOf(name), place, space, programme]));
}

// The bookings of a school with their sessions, newest first.
const mostBookings = 300;
export async function readVisits(school: string): Promise<Visit[]> {
  const bookings = await allPages(
    (pageToken) => events.listBookings({ parent: school, pageSize: 100, pageToken }),
    (page) => page.bookings,
    mostBookings,
  );
  const sessions = await readSessions(bookings.map(({ name }) => sessionOf(name)));
  await learnSessions(sessions.values());
  return bookings.map((booking) => ({ booking, session: sessions.get(sessionOf(booking.name)) }));
}
