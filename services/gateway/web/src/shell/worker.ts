// The service worker keeps the shell for when there is no network. A new version waits until the reader wants it.
import { registerSW } from 'virtual:pwa-register';
import { ref } from 'vue';

export const updateReady = ref(false);
export const online = ref(navigator.onLine);
window.addEventListener('online', () => (online.value = true));
window.addEventListener('offline', () => (online.value = false));

const update = import.meta.env.PROD && 'serviceWorker' in navigator
  ? registerSW({
      onNeedRefresh: () => (updateReady.value = true),
      onRegisteredSW: (_, registration) => {
        // Apps that stay open for days look for a new version by the hour.
        if (registration) window.setInterval(() => void registration.update().catch(() => undefined), 3600e3);
      },
    })
  : undefined;

export const useUpdate = () => (update ? void update(true) : location.reload());

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
