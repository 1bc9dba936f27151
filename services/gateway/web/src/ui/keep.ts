// A half-filled form outlives an expired login, a reload and a closed tab: it is kept in this browser until it was sent.
import { type Ref, ref, watch } from 'vue';

const prefix = 'form:';

export function useKept<Value extends object>(name: string, fresh: () => Value): { form: Ref<Value>; restored: boolean; drop: () => void } {
  const key = prefix + name;
  let kept: Partial<Value> = {};
  try {
    kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Value>;
  } catch {
    localStorage.removeItem(key);
  }
  const form = ref({ ...fresh(), ...kept }) as Ref<Value>;
  let dropped = false;
  watch(form, (now) => (dropped ? (dropped = false) : localStorage.setItem(key, JSON.stringify(now))), { deep: true });
  return {
    form,
    restored: Object.keys(kept).length > 0,
    drop: () => {
      dropped = true;
      form.value = fresh();
      localStorage.removeItem(key);
    },
  };
}

// What an area keeps in IndexedDB that is its reader's own lies there.
export const ownDatabase = 'own';

// At the logout on a shared device nothing of anybody stays.
export function forgetForms() {
  indexedDB.deleteDatabase(ownDatabase);
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
}
