// Places that a caravan may go to, with where they are.
import { allPages } from '@/api/action';
import { tell } from '@/api/names';
import { said } from '@/i18n';
import { directory, venues } from './clients';
import type { Host } from './tour';

export type HostKind = 'schools' | 'communities' | 'venues';
export const hostKinds: HostKind[] = ['schools', 'communities', 'venues'];

type Read = { name: string; displayName?: { zh: string; en: string }; district: string; location?: { latitude: number; longitude: number } };
const hostOf = ({ name, displayName, district, location }: Read): Host => {
  tell(name, displayName);
  return { name, label: said(displayName), district, location };
};

export async function listHosts(kind: HostKind, district: string, signal: AbortSignal): Promise<Host[]> {
  const read: Read[] =
    kind === 'schools' ? await allPages((pageToken) => directory.listSchools({ district, pageSize: 100, pageToken }, { signal }), (page) => page.schools, 5000)
    : kind === 'communities' ? await allPages((pageToken) => directory.listCommunities({ district, pageSize: 100, pageToken }, { signal }), (page) => page.communities, 5000)
    : await allPages((pageToken) => venues.listVenues({ district, pageSize: 100, pageToken }, { signal }), (page) => page.venues);
  return read.map(hostOf);
}

export async function readHost(name: string): Promise<Host> {
  if (name.startsWith('schools/')) return hostOf(await directory.getSchool({ name }));
  if (name.startsWith('venues/')) return hostOf(await venues.getVenue({ name }));
  return hostOf(await directory.getCommunity({ name: name.replace('villages/', 'communities/') }));
}
