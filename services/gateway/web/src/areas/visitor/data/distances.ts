// How far the places of a list are from the device, once it said where it is.
import { ref, watchEffect } from 'vue';
import { distance, here } from './near';
import { readVenue, venueOfPlace } from '@/api/venues';
import type { Venue } from '@/gen/kepu/venue/v1/venue_pb.js';
import { t } from '@/i18n';

export const awayText = (kilometres: number) => {
  return kilometres < 1 ? t('visitor.near.metres', { metres: Math.max(50, Math.round(kilometres * 20) * 50) }) : t('visitor.near.kilometres', { kilometres: kilometres < 10 ? kilometres.toFixed(1) : Math.round(kilometres) });
};

export function useDistances(places: () => string[]) {
  const known = ref(new Map<string, number>());
  watchEffect(async () => {
    const from = here.value;
    const names = [...new Set(places().map(venueOfPlace).filter(Boolean))];
    if (!from) {
      known.value = new Map();
      return;
    }
    const found = new Map<string, number>();
    await Promise.all(
      names.map(async (name) => {
        const venue: Venue | undefined = await readVenue(name).catch(() => undefined);
        if (venue?.location) found.set(name, distance(from, venue.location));
      }),
    );
    known.value = found;
  });
  const near = (place: string) => known.value.get(venueOfPlace(place)) ?? Number.MAX_VALUE;
  const away = (place: string) => {
    const kilometres = known.value.get(venueOfPlace(place));
    return kilometres === undefined ? undefined : awayText(kilometres);
  };
  return { near, away };
}
