// Where the one who looks is in office: the city, or some districts.
import { type Ref, ref } from 'vue';
import { useSession } from '@/session/store';

export interface Scope {
  city: boolean;
  own: string[];
  // What pages start with: the whole city, or the own district.
  district: Ref<string>;
}

export function useScope(): Scope {
  const session = useSession();
  const city = session.has('city_admin');
  const own = session.heldOn('district_admin');
  return { city, own, district: ref(city ? '' : (own[0] ?? '')) };
}
