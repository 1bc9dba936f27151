// Sends what waits in the queue. The same record may go out many times: the service takes it once and always answers the same.
import { ref } from 'vue';
import { PresenceAct } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { PresenceRecord_Outcome } from '@/gen/kepu/volunteer/v1/presence_pb.js';
import { byService, compare, now } from '@/api/clock';
import { type Refusal, refusalOf } from '@/api/refusal';
import { toTimestamp } from '@/i18n/time';
import { useSession } from '@/session/store';
import { presence } from './client';
import { type QueuedNote, device, dropNote, notesOf, refuseNote } from './queue';

export const queue = ref<QueuedNote[]>([]);
export const flushing = ref(false);
export const flushRefusal = ref<Refusal>();
// How many were taken since the app was opened.
export const synced = ref(0);

// Without a network the app goes on as who was here last.
export const queueUser = () => useSession().user || (useSession().offline || !navigator.onLine ? (localStorage.getItem('last-user') ?? '') : '');

export async function readQueue(): Promise<void> {
  const user = queueUser();
  queue.value = user ? await notesOf(user) : [];
}

export async function flush(): Promise<void> {
  const session = useSession();
  if (flushing.value || !navigator.onLine) return;
  flushing.value = true;
  try {
    await compare();
    await session.look(false);
    await readQueue();
    const waiting = queue.value.filter(({ refused }) => !refused).slice(0, 200);
    if (!session.known || waiting.length === 0) return;
    const { records } = await presence.mergePresence({
      device: device(),
      time: toTimestamp(new Date(now())),
      records: waiting.map(({ id, signup, act, time, compared, code }) => ({ id, signup, act: PresenceAct[act], time: toTimestamp(new Date(compared ? time : byService(time))), code })),
    });
    for (const [place, note] of waiting.entries()) {
      const answer = records[place];
      if (answer?.outcome === PresenceRecord_Outcome.REFUSED) await refuseNote(note, answer.reason || 'OTHER');
      else if (answer) {
        await dropNote(note.id);
        synced.value += 1;
      }
    }
    flushRefusal.value = undefined;
  } catch (cause) {
    flushRefusal.value = refusalOf(cause);
  } finally {
    await readQueue();
    flushing.value = false;
  }
}
