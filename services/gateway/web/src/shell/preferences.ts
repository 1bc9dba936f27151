// How this device likes to see the app: light or dark, large text. Kept in the browser.
import { ref, watchEffect } from 'vue';

export type Scheme = 'system' | 'light' | 'dark';
const kept = localStorage.getItem('scheme');
export const scheme = ref<Scheme>(kept === 'light' || kept === 'dark' ? kept : 'system');
export const bigText = ref(localStorage.getItem('text') === 'big');

watchEffect(() => {
  const root = document.documentElement;
  if (scheme.value === 'system') delete root.dataset.scheme;
  else root.dataset.scheme = scheme.value;
  if (bigText.value) root.dataset.text = 'big';
  else delete root.dataset.text;
  localStorage.setItem('scheme', scheme.value);
  localStorage.setItem('text', bigText.value ? 'big' : 'normal');
});
