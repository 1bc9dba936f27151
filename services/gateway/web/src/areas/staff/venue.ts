// The venue that one works for. Who works for several chooses; the choice is kept on this device.
import { computed, ref } from 'vue';
import { allPages, useLoad } from '@/api/action';
import { nameOf, tell } from '@/api/names';
import type { Caravan } from '@/gen/kepu/venue/v1/fleet_pb.js';
import type { Space } from '@/gen/kepu/venue/v1/venue_pb.js';
import { Space_State } from '@/gen/kepu/venue/v1/venue_pb.js';
import { useSession } from '@/session/store';
import { venues } from './clients';

const chosen = ref(localStorage.getItem('staff-venue') ?? '');

export function useVenue() {
  const session = useSession();
  const mine = computed(() => session.heldOn('venue_admin', 'venue_staff', 'coordinator').filter((on) => on.startsWith('venues/')));
  const venue = computed(() => (mine.value.includes(chosen.value) ? chosen.value : (mine.value[0] ?? '')));
  const choose = (name: string) => {
    chosen.value = name;
    localStorage.setItem('staff-venue', name);
  };
  // Whether one may do what takes one of the roles at the venue that is chosen.
  const may = (...roles: Parameters<typeof session.heldOn>) => session.heldOn(...roles).includes(venue.value);
  const venueName = computed(() => (venue.value ? nameOf(venue.value) : ''));
  return { mine, venue, venueName, choose, may };
}

// Whose tours one may plan: those of caravans of one's district or organization; the city's of all.
export function useMayPlan() {
  const session = useSession();
  return ({ name, owner, district }: Pick<Caravan, 'name' | 'owner' | 'district'>) => {
    if (session.has('city_admin') || session.heldOn('district_admin').includes(district)) return true;
    const own = session.heldOn('venue_staff', 'venue_admin');
    return own.includes(name) || (owner !== '' && own.includes(owner));
  };
}

export const venueOf = (name: string) => name.split('/').slice(0, 2).join('/');

export const listSpaces = async (venue: string): Promise<Space[]> => {
  if (!venue) return [];
  const all = await allPages((pageToken) => venues.listSpaces({ parent: venue, pageSize: 100, pageToken }), ({ spaces }) => spaces);
  for (const space of all) tell(space.name, space.displayName);
  return all;
};

// The halls and rooms that take something new.
export function useSpaces(venue: () => string) {
  const spaces = useLoad(() => listSpaces(venue()));
  const usable = computed(() => (spaces.value.value ?? []).filter(({ state }) => state !== Space_State.RETIRED));
  return { spaces, usable };
}
