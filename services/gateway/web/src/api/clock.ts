// The time of the service, by the Date header of its last answer: the clock of a phone or a tablet may be wrong, and what is
// noted without a network has to be right all the same.
import { computed, ref } from 'vue';

const key = 'clock-offset';
const kept = localStorage.getItem(key);
// How far this device is behind the service, in ms; nothing while the two were never compared.
export const offset = ref(kept === null ? undefined : Number(kept) || 0);
// When they were compared, by a clock that nobody sets.
let mark = { wall: Date.now(), ticks: performance.now() };

// Between the two clocks lies half of the way of the answer; the service tells whole seconds.
export const offsetOf = (sent: number, got: number, told: number) => Math.round(told + 500 - (sent + got) / 2);
export const isOff = (by: number) => Math.abs(by) > 90_000;
export const wrongClock = computed(() => isOff(offset.value ?? 0));
export const minutesOff = computed(() => Math.round(Math.abs(offset.value ?? 0) / 60_000));

// The ticks stop while a phone sleeps, and the clock may be set back while a page is open: what went on further is right.
export const now = () => mark.wall + Math.max(Date.now() - mark.wall, performance.now() - mark.ticks) + (offset.value ?? 0);
// When something was that a device noted by its own clock before the two were compared.
export const byService = (deviceTime: number) => deviceTime + (offset.value ?? 0);

export async function compare(): Promise<void> {
  const wall = Date.now();
  const answer = await fetch('/version', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
  const told = Date.parse(answer.headers.get('Date') ?? '');
  if (Number.isNaN(told)) return;
  mark = { wall: Date.now(), ticks: performance.now() };
  offset.value = offsetOf(wall, mark.wall, told);
  localStorage.setItem(key, String(offset.value));
}
