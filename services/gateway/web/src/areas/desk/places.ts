// The place whose desk this is: of those where one works, the one that was chosen last.
import { computed, ref, watch } from 'vue';
import { useSession } from '@/session/store';

const key = 'desk-place';
const chosen = ref(localStorage.getItem(key) ?? '');
watch(chosen, (now) => localStorage.setItem(key, now));

export function usePlaces() {
  const session = useSession();
  const places = computed(() => session.heldOn('venue_admin', 'venue_staff', 'coordinator').filter((one) => one.startsWith('venues/')));
  const place = computed({
    get: () => (places.value.includes(chosen.value) ? chosen.value : (places.value[0] ?? '')),
    set: (to) => (chosen.value = to),
  });
  return { places, place };
}
