// Which role is held on what. Who may give it the service decides; this is what a form offers.
export type PlaceKind = 'city' | 'districts' | 'towns' | 'venues' | 'schools' | 'organizations' | 'caravans';

export const rolesOn: Record<PlaceKind, string[]> = {
  city: ['city_admin'],
  districts: ['district_admin', 'coordinator'],
  towns: ['town_office'],
  venues: ['venue_admin', 'venue_staff', 'coordinator', 'caravan_crew'],
  schools: ['school_admin', 'teacher'],
  organizations: ['department', 'venue_admin', 'venue_staff'],
  caravans: ['caravan_crew'],
};
const ofCityAlone = new Set(['city_admin', 'district_admin']);

export const kindOf = (place: string) => (place === 'city' ? 'city' : place.split('/')[0]) as PlaceKind;
export const offeredRoles = (place: string, city: boolean) => (rolesOn[kindOf(place)] ?? []).filter((role) => city || !ofCityAlone.has(role));
export const placeKinds = (city: boolean): PlaceKind[] => (Object.keys(rolesOn) as PlaceKind[]).filter((kind) => city || kind !== 'city');
