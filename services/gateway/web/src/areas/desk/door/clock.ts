// The time of the service, by what its last answers said: the clock of a tablet at the door may be wrong, and what is noted
// without a network has to be right all the same.
import { computed, ref } from 'vue';

const key = 'door-clock';
// How far this device is behind the service, in ms.
export const offset = ref(Number(localStorage.getItem(key) ?? 0) || 0);
export const asked = ref(false);
// When it was compared, by a clock that nobody sets.
let mark = { wall: Date.now(), ticks: performance.now() };

// Between the two clocks lies half of the way of the answer; the service tells whole seconds.
export const offsetOf = (sent: number, got: number, told: number) => Math.round(told + 500 - (sent + got) / 2);
export const isOff = (by: number) => Math.abs(by) > 90_000;
export const wrongClock = computed(() => isOff(offset.value));

export function now(): number {
  // While the page is open, setting the device's clock changes nothing.
  return mark.wall + (performance.now() - mark.ticks) + offset.value;
}

export async function compare(): Promise<void> {
  const wall = Date.now();
  const answer = await fetch('/version', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
  const told = Date.parse(answer.headers.get('Date') ?? '');
  if (Number.isNaN(told)) return;
  mark = { wall: Date.now(), ticks: performance.now() };
  offset.value = offsetOf(wall, mark.wall, told);
  asked.value = true;
  localStorage.setItem(key, String(offset.value));
}
