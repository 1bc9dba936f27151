// Places as they are now: the stream tells of each change of the sessions that a page shows.
import { computed, type Ref, shallowReactive } from 'vue';
import { type LiveEvent, useLive } from '@/api/live';
import type { Session } from '@/gen/kepu/event/v1/event_pb.js';
import { events } from './api';

const mostTopics = 16;

export function useSeats(sessions: Ref<Session[]>): (session: Session) => Session {
  const newer = shallowReactive(new Map<string, Session>());
  const shown = computed(() => sessions.value.slice(0, mostTopics));
  const current = (session: Session) => newer.get(session.name) ?? session;
  const readAgain = (name: string) => events.getSession({ name }).then((session) => newer.set(name, session), () => undefined);
  const told = (event: LiveEvent | 'resync') => {
    if (event === 'resync') return shown.value.forEach(({ name }) => void readAgain(name));
    const session = shown.value.find(({ name }) => name === event.name);
    if (!session) return;
    if (event.kind !== 'session.availability') return void readAgain(event.name);
    const old = current(session);
    const pools = old.pools.map((pool) => ({ ...pool, free: event.pools?.find(({ id }) => id === pool.id)?.free ?? pool.free }));
    newer.set(event.name, { ...old, pools, waiting: event.waiting ?? old.waiting });
  };
  useLive(computed(() => shown.value.map(({ name }) => name)), told);
  return current;
}
