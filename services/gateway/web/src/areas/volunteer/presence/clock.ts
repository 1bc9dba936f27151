// Whether the clock of this device is right, by the Date header of our own server.
import { ref } from 'vue';

// Milliseconds by which the device is ahead; undefined: not known.
export const clockAhead = ref<number>();
// More is refused by the check-in.
export const mostOff = 2 * 60e3;

export async function compareClock(): Promise<void> {
  try {
    const before = Date.now();
    const answer = await fetch('/version', { cache: 'no-store' });
    const said = Date.parse(answer.headers.get('Date') ?? '');
    const now = (before + Date.now()) / 2;
    // The header has whole seconds, of which half a one is gone on average.
    if (!Number.isNaN(said)) clockAhead.value = Math.round(now - said - 500);
  } catch {
    // Without a network nothing is learnt of the clock.
  }
}
