// Sounds of the door, which is looked away from: high twice is good, low is not.
import { ref, watch } from 'vue';

export const mute = ref(localStorage.getItem('door-mute') === 'yes');
watch(mute, (now) => localStorage.setItem('door-mute', now ? 'yes' : 'no'));

let context: AudioContext | undefined;
const tones: Record<string, [number, number][]> = {
  valid: [[880, 0.09], [1320, 0.14]],
  used: [[440, 0.16], [440, 0.16]],
  early: [[440, 0.16], [440, 0.16]],
  unknown: [[660, 0.1], [520, 0.18]],
  wrong: [[220, 0.45]],
};

export function beep(look: keyof typeof tones) {
  if (mute.value || typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  void context.resume().catch(() => undefined);
  let at = context.currentTime;
  for (const [pitch, length] of tones[look]!) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = look === 'wrong' ? 'square' : 'sine';
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.2, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + length);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + length);
    at += length + 0.04;
  }
  navigator.vibrate?.(look === 'valid' ? 60 : [90, 60, 90]);
}
