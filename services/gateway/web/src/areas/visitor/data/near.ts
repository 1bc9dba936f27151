// Where the reader is: a district that was chosen, kept in this browser; or the device's own place, asked for by a tap alone,
// held in memory and sent nowhere but into the question for venues nearby.
import { ref, shallowRef, watch } from 'vue';

export interface Place {
  latitude: number;
  longitude: number;
}

export const district = ref(localStorage.getItem('district') ?? '');
watch(district, (now) => (now ? localStorage.setItem('district', now) : localStorage.removeItem('district')));

export const here = shallowRef<Place>();
export const locating = ref(false);
// Key of a word that says why the place is not known.
export const locatingFailed = ref('');

export function locate() {
  if (!('geolocation' in navigator)) {
    locatingFailed.value = 'visitor.near.cannot';
    return;
  }
  locating.value = true;
  locatingFailed.value = '';
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      // About a hundred metres: more is nobody's business.
      here.value = { latitude: Math.round(coords.latitude * 1000) / 1000, longitude: Math.round(coords.longitude * 1000) / 1000 };
      locating.value = false;
    },
    (problem) => {
      locating.value = false;
      locatingFailed.value = problem.code === problem.PERMISSION_DENIED ? 'visitor.near.denied' : 'visitor.near.failed';
    },
    { maximumAge: 300_000, timeout: 15_000 },
  );
}
export const forgetPlace = () => (here.value = undefined);

const rad = Math.PI / 180;
// In kilometres, as the crow flies.
export function distance(one: Place, other: Place): number {
  const a =
    Math.sin(((other.latitude - one.latitude) * rad) / 2) ** 2 +
    Math.cos(one.latitude * rad) * Math.cos(other.latitude * rad) * Math.sin(((other.longitude - one.longitude) * rad) / 2) ** 2;
  return 12742 * Math.asin(Math.sqrt(Math.min(1, a)));
}
