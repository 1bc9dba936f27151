// What is chosen on a page stands in its address: it can be sent to somebody, and "back" comes back to it.
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export function useQuery<Keys extends Record<string, string>>(fresh: Keys) {
  const route = useRoute();
  const router = useRouter();
  const value = computed(() => {
    const now = { ...fresh } as Record<string, string>;
    for (const key of Object.keys(fresh)) if (typeof route.query[key] === 'string') now[key] = route.query[key];
    return now as { [Key in keyof Keys]: string };
  });
  const set = (changed: Partial<{ [Key in keyof Keys]: string }>) => {
    const next: Record<string, string> = { ...value.value, ...(changed as Record<string, string>) };
    return router.replace({ query: Object.fromEntries(Object.entries(next).filter(([key, one]) => one !== fresh[key])), hash: route.hash });
  };
  return { value, set };
}
