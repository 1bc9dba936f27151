// Sessions on a page as they change: places by the event itself, everything else by reading the session again. The sessions
// are reactive and changed in place.
import { computed, onScopeDispose, ref } from 'vue';
import { events } from './clients';
import type { Session } from './model';
import { type LiveEvent, topicsMost, useLive } from '@/api/live';

export function useLiveSessions(sessions: () => Session[]) {
  const watched = () => sessions().slice(0, topicsMost);
  const readAgain = async (name: string) => {
    try {
      const now = await events.getSession({ name });
      for (const mine of sessions().filter((one) => one.name === name)) Object.assign(mine, now);
    } catch {
      // What is shown stays; the next event, or the next visit, reads it.
    }
  };
  const names = computed(() => watched().map(({ name }) => name).join(' '));
  useLive(
    computed(() => names.value.split(' ').filter(Boolean)),
    (told) => {
      if (told === 'resync') for (const { name } of watched()) void readAgain(name);
      else if (!applyPlaces(sessions(), told) && sessions().some(({ name }) => name === told.name)) void readAgain(told.name);
    },
  );
}

// True when the event said all that changed.
export function applyPlaces(sessions: Session[], told: LiveEvent): boolean {
  const mine = sessions.find(({ name }) => name === told.name);
  if (!mine || told.kind !== 'session.availability' || !told.pools) return false;
  // What is set aside for an allotment is not told with the places.
  if (mine.pools.some(({ setAside }) => setAside > 0)) return false;
  for (const { id, free } of told.pools) {
    const pool = mine.pools.find((one) => one.id === id);
    if (pool && free !== undefined) pool.free = free;
  }
  mine.waiting = told.waiting ?? 0;
  return true;
}

// The time, as far as pages care: states change when booking opens or a session starts.
export function useNow(seconds = 15) {
  const now = ref(new Date());
  const timer = window.setInterval(() => (now.value = new Date()), seconds * 1000);
  onScopeDispose(() => window.clearInterval(timer));
  return now;
}
