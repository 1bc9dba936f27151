// What a button does, and what a page shows: calls with their state. A refusal is a value that the page shows where it
// belongs; `run` never throws.
import { type CallOptions, createContextValues } from '@connectrpc/connect';
import { type Ref, computed, onScopeDispose, ref, shallowRef } from 'vue';
import { useRouter } from 'vue-router';
import { type Refusal, isLoggedOut, refusalOf, wantsPassword } from './refusal';
import { newRequestId, requestIdKey } from './transport';
import { askPassword } from '@/session/password';
import { useSession } from '@/session/store';
import { nextTask } from '@/shell/task';

export interface Action<Arguments extends unknown[], Result> {
  run: (...args: Arguments) => Promise<Result | undefined>;
  busy: Ref<boolean>;
  refusal: Ref<Refusal | undefined>;
  done: Ref<boolean>;
  // The rule that a field breaks, by any of its names: 'party.pupils' also answers for 'booking.party.pupils'.
  ruleOf: (...fields: string[]) => string;
  clear: () => void;
}

// A change. While it runs, a second tap does nothing; after an unknown outcome the same request goes out under the same
// request id, and one that was changed meanwhile under its own. `call` gets the options to hand to the client.
export function useAction<Arguments extends unknown[], Result>(
  call: (options: CallOptions, ...args: Arguments) => Promise<Result>,
): Action<Arguments, Result> {
  const busy = ref(false);
  const done = ref(false);
  const refusal = shallowRef<Refusal>();
  const session = useSession();
  const router = useRouter();
  // Of requests whose outcome is not known yet.
  const ids = new Map<string, string>();
  const idOf = (request: string) => {
    const id = ids.get(request) ?? newRequestId();
    ids.set(request, id);
    return id;
  };

  const attempt = async (args: Arguments): Promise<Result | undefined> => {
    try {
      const result = await call({ contextValues: createContextValues().set(requestIdKey, idOf) }, ...args);
      ids.clear();
      done.value = true;
      return result;
    } catch (cause) {
      const refused = refusalOf(cause);
      if (wantsPassword(refused) && (await askPassword())) return attempt(args);
      if (!refused.unknown) ids.clear();
      if (isLoggedOut(refused) && session.known) {
        session.forget();
        void router.push({ name: 'login', query: { back: router.currentRoute.value.fullPath } });
      }
      refusal.value = refused;
      return undefined;
    }
  };

  return {
    busy,
    done,
    refusal,
    run: async (...args) => {
      if (busy.value) return undefined;
      busy.value = true;
      done.value = false;
      refusal.value = undefined;
      try {
        return await attempt(args);
      } finally {
        busy.value = false;
      }
    },
    ruleOf: (...fields) =>
      refusal.value?.violations.find(({ field }) => fields.some((one) => field === one || field.endsWith(`.${one}`)))?.rule ?? '',
    clear: () => {
      refusal.value = undefined;
      done.value = false;
    },
  };
}

export interface Loaded<Value> {
  value: Ref<Value | undefined>;
  loading: Ref<boolean>;
  refusal: Ref<Refusal | undefined>;
  reload: () => Promise<void>;
}

// A read. What was there stays shown while it is read again; an answer that was overtaken by a later one is dropped.
export function useLoad<Value>(read: (signal: AbortSignal) => Promise<Value>, options: { now?: boolean } = {}): Loaded<Value> {
  const value = shallowRef<Value>();
  const refusal = shallowRef<Refusal>();
  const running = ref(0);
  let abort = new AbortController();
  const readAfter = async (before?: Promise<void>) => {
    abort.abort();
    const mine = (abort = new AbortController());
    running.value += 1;
    try {
      if (before) await before;
      if (mine.signal.aborted) return;
      const read_ = await read(mine.signal);
      if (mine !== abort) return;
      value.value = read_;
      refusal.value = undefined;
    } catch (cause) {
      if (mine === abort) refusal.value = refusalOf(cause);
    } finally {
      running.value -= 1;
    }
  };
  onScopeDispose(() => abort.abort());
  const reload = () => readAfter();
  // A page is drawn before it reads.
  if (options.now !== false) void readAfter(nextTask());
  return { value, refusal, loading: computed(() => running.value > 0), reload };
}

// Every page of a list, up to `most` things.
export async function allPages<Page extends { nextPageToken: string }, Thing>(
  read: (pageToken: string) => Promise<Page>,
  things: (page: Page) => Thing[],
  most = 2000,
): Promise<Thing[]> {
  const all: Thing[] = [];
  let token = '';
  do {
    const page = await read(token);
    all.push(...things(page));
    token = page.nextPageToken;
  } while (token && all.length < most);
  return all;
}
