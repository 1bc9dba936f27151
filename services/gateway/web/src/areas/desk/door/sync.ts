// Sends what was noted without a network as soon as there is one: when the network comes back, the page is looked at again,
// the app starts, and every few seconds while something waits. One for the whole tab.
import { create } from '@bufbuild/protobuf';
import { ref } from 'vue';
import { DoorRecordSchema, DoorRecord_Act as Acts, DoorRecord_Outcome as Outcomes, type DoorRecord } from '@/gen/kepu/event/v1/door_pb.js';
import { compare, now } from '@/api/clock';
import { type Refusal, refusalOf } from '@/api/refusal';
import { toTimestamp } from '@/i18n/time';
import { door } from '../api';
import { note, notedAll, oddAll, settle, dropOdd } from './keep';
import type { Act, Answered, Noted } from './verify';

export const queue = ref<Noted[]>([]);
export const odd = ref<Answered[]>([]);
export const sending = ref(false);
export const refusal = ref<Refusal>();
// The last answer of the service came; the browser's own word is not enough behind a dead access point.
export const reachable = ref(navigator.onLine);
const flag = 'door-queue';

function deviceId(): string {
  let id = localStorage.getItem('door-device');
  if (!id) localStorage.setItem('door-device', (id = `web-${Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`));
  return id;
}

const acts: Record<Act, Acts> = { arrived: Acts.ARRIVED, left: Acts.LEFT, walkedIn: Acts.WALKED_IN, cameLater: Acts.CAME_LATER };
const outcomes: Record<number, Answered['outcome']> = { [Outcomes.TAKEN]: 'taken', [Outcomes.DUPLICATE]: 'duplicate', [Outcomes.NO_CODE]: 'noCode', [Outcomes.REFUSED]: 'refused' };

function recordOf(one: Noted): DoorRecord {
  // The service takes nothing of the future: a moment of doubt about the clock is left out.
  const time = toTimestamp(new Date(Math.min(one.time, now() - 1500)));
  return create(DoorRecordSchema, { id: one.id, act: acts[one.act], time, code: one.code, party: one.party, kind: one.kind });
}
export const isOdd = (one: Answered) => one.outcome !== 'taken' && !(one.outcome === 'duplicate' && one.tried);

export async function look() {
  queue.value = await notedAll();
  odd.value = await oddAll();
  if (queue.value.length) localStorage.setItem(flag, 'yes');
  else localStorage.removeItem(flag);
}

export async function take(one: Noted) {
  await note(one);
  await look();
}
export const settleOdd = async (id: string) => {
  await dropOdd(id);
  await look();
};

async function sendSome(some: Noted[]) {
  const { records } = await door.mergeDoor({ name: some[0]!.session, device: deviceId(), records: some.map(recordOf) }, { timeoutMs: 10_000 });
  const answered = some.flatMap((one): Answered[] => {
    const record = records.find(({ id }) => id === one.id);
    return record ? [{ ...one, outcome: outcomes[record.outcome] ?? 'refused', reason: record.reason }] : [];
  });
  await settle(answered, isOdd);
}

// The records of a session in their order; what one session is refused does not hold up the others.
export async function sync() {
  if (sending.value || !navigator.onLine) return;
  await look();
  if (!queue.value.length) return;
  sending.value = true;
  refusal.value = undefined;
  try {
    for (const session of new Set(queue.value.map((one) => one.session))) {
      const ours = queue.value.filter((one) => one.session === session);
      try {
        for (let at = 0; at < ours.length; at += 20) await sendSome(ours.slice(at, at + 20));
        reachable.value = true;
      } catch (cause) {
        const refused = refusalOf(cause);
        if (refused.unknown) {
          reachable.value = false;
          break;
        }
        refusal.value = refused;
      }
    }
  } finally {
    sending.value = false;
    await look();
  }
}

let started = false;
export function start() {
  if (started) return;
  started = true;
  const again = () => void compare().then(() => (reachable.value = true)).catch(() => undefined).finally(() => void sync());
  window.addEventListener('online', again);
  window.addEventListener('offline', () => (reachable.value = false));
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && again());
  window.setInterval(() => queue.value.length && void sync(), 10_000);
  void look().then(again);
}
