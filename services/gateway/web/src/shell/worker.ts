// The service worker keeps the shell for when there is no network. A new version waits until the reader wants it.
import { ref } from 'vue';

export const updateReady = ref(false);
export const online = ref(navigator.onLine);
window.addEventListener('online', () => (online.value = true));
window.addEventListener('offline', () => (online.value = false));

let registration: ServiceWorkerRegistration | undefined;

async function register() {
  const mine = (registration = await navigator.serviceWorker.register('/sw.js'));
  // The first version of all is none to wait for.
  const look = () => (updateReady.value ||= Boolean(mine.waiting && navigator.serviceWorker.controller));
  look();
  mine.addEventListener('updatefound', () => mine.installing?.addEventListener('statechange', look));
  // Apps that stay open for days look for a new version by the hour.
  window.setInterval(() => void mine.update().catch(() => undefined), 3600e3);
}
// Once the first page is there: it fetches all files of the app.
const later = () => window.setTimeout(() => void register().catch(() => undefined), 2000);
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  if (document.readyState === 'complete') later();
  else window.addEventListener('load', later, { once: true });
}

export function useUpdate() {
  if (!registration?.waiting) return location.reload();
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  registration.waiting.postMessage({ type: 'SKIP_WAITING' });
}

// The offer of the browser to install the app, kept until somebody asks for it.
interface InstallOffer extends Event {
  prompt: () => Promise<void>;
}
export const installOffer = ref<InstallOffer>();
window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  installOffer.value = event as InstallOffer;
});
window.addEventListener('appinstalled', () => (installOffer.value = undefined));
