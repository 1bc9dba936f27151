// What pages of volunteers point to beside the names of things: shifts, and the lists that forms choose from. Read once and
// kept while the app is open.
import { allPages } from '@/api/action';
import { kept } from '@/api/kept';
import { districtsNow } from '@/api/districts';
import type { Shift } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { said } from '@/i18n';
import { people, roles, volunteers } from './clients';

const shifts = kept<Shift>((name) => volunteers.getShift({ name }));
export const shiftOf = shifts.now;
export const keepShift = (shift: Shift) => shifts.put(shift.name, shift);

type Titles = Map<string, { zh: string; en: string } | undefined>;
const lists = kept<Titles>(async (which) =>
  which === 'roles'
    ? new Map((await allPages((pageToken) => roles.listRoles({ pageToken, pageSize: 100 }), (page) => page.roles)).map(({ name, title }) => [name, title]))
    : new Map((await people.listSkills({})).skills.map(({ code, title }) => [code, title])),
);

export interface Choice {
  value: string;
  text: string;
}
const choices = (which: 'roles' | 'skills'): Choice[] => [...(lists.now(which) ?? [])].map(([value, title]) => ({ value, text: said(title) }));
export const roleChoices = () => choices('roles');
export const skillChoices = () => choices('skills');
export const skillText = (code: string) => said(lists.now('skills')?.get(code)) || code;
export const districtChoices = (): Choice[] => districtsNow().map(({ name, displayName }) => ({ value: name, text: said(displayName) }));
