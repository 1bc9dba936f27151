// The door of a session: codes are asked of the service, and of the list on this device when it does not answer. Whoever
// stands there need not know which.
import { Code } from '@connectrpc/connect';
import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { now } from '@/api/clock';
import { allPages } from '@/api/action';
import { useLive } from '@/api/live';
import { textOf } from '@/api/names';
import { type Refusal, refusalOf } from '@/api/refusal';
import { newRequestId } from '@/api/transport';
import { Booking_State as State, type Booking, Session_State as SessionState } from '@/gen/kepu/event/v1/event_pb.js';
import { toDate } from '@/i18n/time';
import { door, events } from '../api';
import { countOf, headsOf, type Heads, sealStart, shortOf } from '../parties';
import { keepList, keptList, keptLists } from './keep';
import { beep } from './sound';
import { look as lookAtQueue, queue, reachable, start, sync, take } from './sync';
import { type Act, type KeptEntry, type KeptList, type Verdict, type Why, verify, wholeCode } from './verify';

// A door waits for nobody: what takes longer is done without the service.
const quick = { timeoutMs: 4000 };
const whyOf: Record<number, Why> = {
  [State.REQUESTED]: 'requested', [State.HELD]: 'held', [State.EXPIRED]: 'expired', [State.NOT_APPROVED]: 'declined',
  [State.NO_SHOW]: 'noShow', [State.CANCELLED]: 'bookingCancelled',
};

export interface Shown extends Verdict {
  booking?: Booking; // as the service knows it
  // What was done: it came in, left, or waits in the queue.
  done?: 'in' | 'out' | 'more' | 'noted';
  refusal?: Refusal;
}

async function readList(session: string): Promise<KeptList> {
  let opens: Date | undefined;
  const [head, entries] = await Promise.all([
    events.getSession({ name: session }, quick),
    allPages(
      (pageToken) => door.listDoor({ name: session, pageSize: 100, pageToken }, quick),
      (page) => {
        opens = toDate(page.openTime);
        return page.entries;
      },
    ),
  ]);
  const title = await textOf(session).catch(() => ({ zh: '', en: '' }));
  const schools = new Map(await Promise.all([...new Set(entries.map((one) => one.school).filter(Boolean))].map(async (name) => [name, await textOf(name).catch(() => ({ zh: '', en: '' }))] as const)));
  return {
    session, zh: title.zh ?? '', en: title.en ?? '', place: head.place,
    start: toDate(head.startTime)!.getTime(), end: toDate(head.endTime)!.getTime(),
    opens: opens?.getTime() ?? 0, cancelled: head.state === SessionState.CANCELLED, readAt: now(),
    entries: entries.map((one): KeptEntry => ({
      code: one.code, booking: one.booking, kind: one.kind, inside: one.state === State.CHECKED_IN, at: toDate(one.checkInTime)?.getTime(), party: headsOf(one.party),
      school: schools.get(one.school)?.zh ?? '', schoolEn: schools.get(one.school)?.en ?? '', schoolClass: one.schoolClass,
    })),
  };
}

export function useDoor(session: string) {
  const list = shallowRef<KeptList>();
  const others = shallowRef<KeptList[]>([]);
  const shown = ref<Shown>();
  const busy = ref(false);
  const refusal = shallowRef<Refusal>();
  start();

  async function refresh() {
    try {
      const read = await readList(session);
      list.value = read;
      refusal.value = undefined;
      reachable.value = true;
      await keepList(read);
    } catch (cause) {
      const refused = refusalOf(cause);
      if (refused.unknown) reachable.value = false;
      list.value ??= await keptList(session);
      if (!refused.unknown || !list.value) refusal.value = refused;
    }
    others.value = (await keptLists()).filter((one) => one.session !== session);
  }
  void refresh();
  let soon = 0;
  useLive(ref([session]), () => {
    window.clearTimeout(soon);
    soon = window.setTimeout(() => void refresh(), 800);
  });
  const timer = window.setInterval(() => void refresh(), 30_000);
  onScopeDispose(() => {
    window.clearInterval(timer);
    window.clearTimeout(soon);
  });

  const noted = computed(() => queue.value.filter((one) => one.session === session));
  const came = computed(() => (list.value?.entries ?? []).filter((one) => one.inside || noted.value.some((them) => them.code === one.code && them.act === 'arrived')));
  const heads = computed(() => ({
    came: came.value.reduce((sum, one) => sum + countOf(noted.value.find((them) => them.code === one.code && them.act === 'arrived')?.party ?? one.party), 0) + noted.value.filter((one) => one.act === 'walkedIn').reduce((sum, one) => sum + countOf(one.party), 0),
    expected: (list.value?.entries ?? []).reduce((sum, one) => sum + countOf(one.party), 0),
  }));

  const show = (verdict: Shown) => {
    shown.value = verdict;
    beep(verdict.look);
  };
  const offline = (text: string): Verdict => (list.value ? verify(list.value, others.value, noted.value, text, now()) : { look: 'unknown', why: 'notListed', code: text });

  // What the service says of a code, before anything is done.
  async function ask(text: string): Promise<Shown> {
    const { code, why } = list.value ? wholeCode(list.value, text) : { code: text, why: undefined };
    if (why) return { look: 'wrong', why, code };
    const here = offline(code);
    if (here.look === 'wrong' && (here.why === 'madeUp' || here.why === 'otherSession')) return here;
    // What this device let in itself is on its way to the service.
    if (here.look === 'used' && here.at) return here;
    const booking = await events.getBooking({ name: `${session}/bookings/${code.slice(0, sealStart)}` }, quick);
    const entry = here.entry;
    if (booking.state === State.CHECKED_IN) return { look: 'used', why: 'used', code, entry, booking, at: toDate(booking.checkInTime)?.getTime() };
    if (booking.state !== State.CONFIRMED) return { look: 'wrong', why: whyOf[booking.state] ?? 'notListed', code, entry, booking };
    // The service would not let it in yet.
    if (here.why === 'early') return { ...here, booking };
    return { look: 'valid', why: 'ok', code, entry, booking };
  }

  async function check(text: string) {
    if (busy.value || !text.trim()) return;
    busy.value = true;
    try {
      if (!reachable.value) return show(offline(text));
      try {
        show(await ask(text));
      } catch (cause) {
        const refused = refusalOf(cause);
        if (refused.unknown) {
          reachable.value = false;
          show(offline(text));
        } else if (refused.code === Code.NotFound || refused.code === Code.InvalidArgument) show({ look: 'wrong', why: 'madeUp', code: wholeCode(list.value ?? ({ entries: [] } as unknown as KeptList), text).code });
        else show({ look: 'wrong', why: 'notListed', code: text, refusal: refused });
      }
    } finally {
      busy.value = false;
    }
  }

  const partyOf = (verdict: Shown): Heads => headsOf(verdict.booking?.party ?? verdict.entry?.party ?? { adults: 1 });
  const labelOf = (verdict: Shown) => [verdict.entry?.school, verdict.entry?.schoolClass, shortOf(verdict.code)].filter(Boolean).join(' ');

  async function noteDown(act: Act, verdict: { code: string; label: string }, party: Heads | undefined, tried: boolean, kind?: number) {
    await take({ id: newRequestId().toLowerCase().slice(0, 40), session, act, code: verdict.code, time: now(), deviceTime: Date.now(), party, kind, label: verdict.label, tried });
  }

  // The service does it, or it is noted: the answer is true when it was refused.
  async function either(call: () => Promise<Booking>, act: Act, verdict: { code: string; label: string }, party: Heads | undefined, kind?: number): Promise<{ booking?: Booking; refused?: Refusal }> {
    let tried = false;
    if (reachable.value) {
      try {
        return { booking: await call() };
      } catch (cause) {
        const refused = refusalOf(cause);
        if (!refused.unknown) return { refused };
        tried = true;
        reachable.value = false;
      }
    }
    await noteDown(act, verdict, countOf(party) ? party : undefined, tried, kind);
    return {};
  }

  async function act(kind: Act, verdict: Shown, party: Heads, overrideReason = '') {
    if (busy.value) return;
    busy.value = true;
    try {
      const name = session;
      const code = verdict.code;
      const requestId = newRequestId();
      const call = () =>
        kind === 'left'
          ? door.checkOut({ name, code, heads: countOf(party), requestId }, quick)
          : door.checkIn({ name, code, party, overrideReason, later: kind === 'cameLater', requestId }, quick);
      const asked = now();
      const { booking, refused } = await either(call, kind, { code, label: labelOf(verdict) }, party);
      if (refused) {
        shown.value = { ...verdict, refusal: refused };
        return beep('wrong');
      }
      const at = toDate(booking?.checkInTime)?.getTime();
      // Another door was faster.
      if (kind === 'arrived' && at && at < asked - 5000) return show({ look: 'used', why: 'used', code, entry: verdict.entry, booking, at });
      const done = !booking ? 'noted' : kind === 'left' ? 'out' : kind === 'cameLater' ? 'more' : 'in';
      shown.value = { ...verdict, look: 'valid', why: 'ok', booking: booking ?? verdict.booking, done, refusal: undefined };
      beep('valid');
      if (booking) void refresh();
    } finally {
      busy.value = false;
    }
  }

  async function walkIn(kind: number, party: Heads, label: string): Promise<Refusal | undefined> {
    busy.value = true;
    try {
      const requestId = newRequestId();
      const { booking, refused } = await either(() => door.admit({ name: session, kind, party, requestId }, quick), 'walkedIn', { code: '', label }, party, kind);
      if (refused) {
        beep('wrong');
        return refused;
      }
      shown.value = { look: 'valid', why: 'ok', code: '', booking, done: booking ? 'in' : 'noted' };
      beep('valid');
      if (booking) void refresh();
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  void lookAtQueue();
  return { list, shown, busy, refusal, heads, noted, came, check, act, walkIn, refresh, partyOf, sync };
}
