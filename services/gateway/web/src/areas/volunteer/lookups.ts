// Names of things that answers only point to, read once and kept while the app is open. A function returns what is known and
// has the rest fetched; who shows it is told by Vue when it is there.
import { shallowReactive } from 'vue';
import { allPages } from '@/api/action';
import type { District } from '@/gen/kepu/identity/v1/directory_pb.js';
import type { Venue } from '@/gen/kepu/venue/v1/venue_pb.js';
import type { Role } from '@/gen/kepu/volunteer/v1/role_pb.js';
import type { Shift } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { said } from '@/i18n';
import { directory, people, roles, venues, volunteers } from './clients';

function kept<Value>(read: (name: string) => Promise<Value>) {
  const known = shallowReactive(new Map<string, Value>());
  const asked = new Set<string>();
  const get = (name: string): Value | undefined => {
    if (name && !known.has(name) && !asked.has(name)) {
      asked.add(name);
      void read(name).then((value) => known.set(name, value), () => asked.delete(name));
    }
    return known.get(name);
  };
  return { get, put: (name: string, value: Value) => known.set(name, value) };
}

interface Titled {
  zh: string;
  en: string;
}
export interface Place {
  title: Titled | undefined;
  venue?: Venue;
}
const places = kept<Place>(async (name) => {
  if (name.startsWith('caravans/')) {
    const { fleet } = await import('./caravans');
    return { title: (await fleet.getCaravan({ name })).displayName };
  }
  const venue = await venues.getVenue({ name });
  return { title: venue.displayName, venue };
});
export const placeOf = places.get;
export const placeText = (name: string) => said(places.get(name)?.title);

const shifts = kept<Shift>((name) => volunteers.getShift({ name }));
export const shiftOf = shifts.get;
export const keepShift = (shift: Shift) => shifts.put(shift.name, shift);

const courses = kept<Titled | undefined>(async (name) => (await import('./trainings')).trainings.getCourse({ name }).then(({ title }) => title));
export const courseText = (name: string) => said(courses.get(name));

const lists = kept<Map<string, Titled | undefined>>(async (which) => {
  if (which === 'roles') return new Map((await allRoles()).map(({ name, title }) => [name, title]));
  if (which === 'skills') return new Map((await people.listSkills({})).skills.map(({ code, title }) => [code, title]));
  return new Map((await allDistricts()).map(({ name, displayName }) => [name, displayName]));
});
const allRoles = (): Promise<Role[]> => allPages((pageToken) => roles.listRoles({ pageToken, pageSize: 100 }), (page) => page.roles);
const allDistricts = (): Promise<District[]> => allPages((pageToken) => directory.listDistricts({ pageToken, pageSize: 100 }), (page) => page.districts);

export interface Choice {
  value: string;
  text: string;
}
const choices = (which: string): Choice[] => [...(lists.get(which) ?? [])].map(([value, title]) => ({ value, text: said(title) }));
export const roleChoices = () => choices('roles');
export const skillChoices = () => choices('skills');
export const districtChoices = () => choices('districts');
export const districtText = (name: string) => said(lists.get('districts')?.get(name));
export const skillText = (code: string) => said(lists.get('skills')?.get(code)) || code;
export const roleText = (name: string) => said(lists.get('roles')?.get(name));
