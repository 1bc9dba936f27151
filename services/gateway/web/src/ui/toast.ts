// A word that something is done, with a way back where there is one. Shown by the shell, read out by screen readers.
import { shallowRef } from 'vue';

export interface Toast {
  text: string;
  undo?: () => unknown;
}
export const toast = shallowRef<Toast>();
let timer = 0;

export function say(text: string, undo?: () => unknown) {
  window.clearTimeout(timer);
  toast.value = { text, undo };
  timer = window.setTimeout(() => (toast.value = undefined), undo ? 10_000 : 5000);
}
export const unsay = () => (toast.value = undefined);
