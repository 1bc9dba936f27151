// Forms that outlive an expired login, a reload and a closed tab, of new things and of things that are there already.
import { type WritableComputedRef, computed, ref, type Ref } from 'vue';
import { useKept } from '@/ui/keep';

export interface Kept<Value> {
  form: WritableComputedRef<Value>;
  // What somebody began and did not save is shown again.
  restored: Ref<boolean>;
  // The thing was read: what was half done stays only where it began from the same version of it.
  begin: (version: string, from: Value) => void;
  drop: () => void;
}

export function useKeptForm<Value extends object>(name: string, fresh: () => Value): Kept<Value> {
  const kept = useKept(`office-${name}`, () => ({ version: '', began: '', value: fresh() }));
  const same = () => JSON.stringify(kept.form.value.value) === (kept.form.value.began || JSON.stringify(fresh()));
  const restored = ref(kept.restored && !same());
  return {
    form: computed({ get: () => kept.form.value.value, set: (value) => (kept.form.value.value = value) }),
    restored,
    begin: (version, from) => {
      if (kept.form.value.version === version && kept.form.value.began) return;
      restored.value = false;
      kept.form.value = { version, began: JSON.stringify(from), value: from };
    },
    drop: () => {
      restored.value = false;
      kept.drop();
    },
  };
}
