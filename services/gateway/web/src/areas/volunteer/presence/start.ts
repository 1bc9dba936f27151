// Part of the shell: sends what was noted without a network as soon as there is one, whatever page is open. The queue itself is
// fetched only when something waits in it.
const flag = 'presence-waits';

async function flushIfAny(): Promise<void> {
  if (localStorage.getItem(flag) !== 'yes' || !navigator.onLine) return;
  const { flush } = await import('./flush');
  await flush();
}
const quietly = () => void flushIfAny().catch(() => undefined);

export function flushAtStart(): void {
  window.addEventListener('online', quietly);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && quietly());
  // After the app stands: the store of the session is needed.
  window.setTimeout(quietly, 1500);
}
