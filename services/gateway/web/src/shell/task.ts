// What follows runs in a task of its own, so that between two pieces of work the page scrolls, answers and is painted. Unlike a
// timer it is not held back in a page that is not on screen.
export const nextTask = () =>
  new Promise<void>((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(undefined);
  });

// When nothing else is to be done, or after two seconds.
export const whenIdle = () =>
  new Promise<void>((go) => {
    if (window.requestIdleCallback) window.requestIdleCallback(() => go(), { timeout: 2000 });
    else window.setTimeout(go, 300);
  });
