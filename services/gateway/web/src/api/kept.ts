// Things that many rows point to, read once while the app is open.
import { shallowReactive } from 'vue';
import { eachOf } from './each';

export interface Kept<Value> {
  // A read that failed is not remembered.
  read: (name: string) => Promise<Value>;
  // What is known now, for a template: the rest is read meanwhile, and Vue tells who showed it.
  now: (name: string) => Value | undefined;
  put: (name: string, value: Value) => void;
}

// What templates ask for, of all kinds together. What could not be read is asked for again, but not by every rendering.
const waiting: (() => Promise<void>)[] = [];
const againAfter = 15_000;
let running = false;
async function readWaiting() {
  if (running) return;
  running = true;
  while (waiting.length) await eachOf(waiting.splice(0), (read) => read());
  running = false;
}

export function kept<Value>(read: (name: string) => Promise<Value>): Kept<Value> {
  const known = shallowReactive(new Map<string, Value>());
  const coming = new Map<string, Promise<Value>>();
  const wanted = new Set<string>();

  const put = (name: string, value: Value) => void known.set(name, value);
  const once = (name: string) => {
    let reading = coming.get(name);
    if (!reading) {
      reading = read(name);
      reading.then((value) => known.has(name) || put(name, value), () => coming.delete(name));
      coming.set(name, reading);
    }
    return reading;
  };
  return {
    put,
    read: async (name) => known.get(name) ?? once(name),
    now: (name) => {
      if (name && !known.has(name) && !wanted.has(name)) {
        wanted.add(name);
        waiting.push(() => once(name).then(() => undefined, () => void setTimeout(() => wanted.delete(name), againAfter)));
        queueMicrotask(() => void readWaiting());
      }
      return known.get(name);
    },
  };
}
