// One stream of server-sent events for the whole tab: HTTP/1.1 gives a host six connections, and each page wants another
// topic. Topics are as in /v1/live; watchers are told of an event, or to read anew after a gap.
import { onScopeDispose, watch, type Ref } from 'vue';

export interface LiveEvent {
  kind: string; // "session.availability"
  name: string;
  state?: string;
  pools?: { id: string; free?: number; unbounded?: boolean }[];
  waiting?: number;
}
// As many as a stream takes; what is watched beyond them is read when it is opened.
export const topicsMost = 20;

type Watcher = (event: LiveEvent | 'resync') => void;

const watchers = new Map<string, Set<Watcher>>();
let source: EventSource | undefined;
let opened = '';
let scheduled = 0;
let backOff = 1000;

// As the services name them; a stream names each event.
const kinds = [
  'session.availability', 'session.changed', 'session.published', 'session.cancelled', 'booking.changed', 'booking.offered',
  'waitEntry.changed', 'shift.changed', 'shift.moved', 'shift.cancelled', 'shift.offered', 'signup.changed', 'standBy.changed',
  'closure.changed', 'exhibition.changed', 'space.changed', 'space.occupancy', 'venue.changed',
];

// An event does not say of which topic it is: watchers look at its name.
function tellAll(event: LiveEvent | 'resync') {
  for (const told of new Set([...watchers.values()].flatMap((ones) => [...ones]))) told(event);
}
const tell = (kind: string, text: string) => tellAll({ ...(JSON.parse(text) as LiveEvent), kind });
const resync = () => tellAll('resync');

function connect() {
  scheduled = 0;
  const query = [...watchers.keys()].slice(0, topicsMost).sort().map((topic) => `topic=${encodeURIComponent(topic)}`).join('&');
  if (query === opened && source?.readyState !== EventSource.CLOSED) return;
  source?.close();
  source = undefined;
  opened = query;
  if (!query) return;
  const stream = (source = new EventSource(`/v1/live?${query}`));
  stream.onopen = () => (backOff = 1000);
  for (const kind of kinds) stream.addEventListener(kind, (message) => tell(kind, (message as MessageEvent<string>).data));
  stream.addEventListener('resync', resync);
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED || stream !== source) return;
    // The browser gives up on an answer that is no stream: what was missed meanwhile is read anew.
    opened = '';
    backOff = Math.min(backOff * 2, 60_000);
    window.setTimeout(() => {
      schedule();
      resync();
    }, backOff);
  };
}

function schedule() {
  if (!scheduled) scheduled = window.setTimeout(connect, 50);
}

// Until the component goes. `topics` may change; an empty list watches nothing.
export function useLive(topics: Ref<string[]>, told: Watcher) {
  const leave = (ones: string[]) =>
    ones.forEach((topic) => {
      watchers.get(topic)?.delete(told);
      if (!watchers.get(topic)?.size) watchers.delete(topic);
    });
  watch(
    topics,
    (now, before) => {
      leave(before ?? []);
      for (const topic of now) watchers.set(topic, (watchers.get(topic) ?? new Set()).add(told));
      schedule();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    leave(topics.value);
    schedule();
  });
}
