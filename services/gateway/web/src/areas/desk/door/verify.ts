// What a code is worth by what this device has: the same rules as the service's as far as the kept list allows. Pure.
import { codeIn, codeLength, sealStart, type Heads } from '../parties';

export interface KeptEntry {
  code: string;
  booking: string;
  kind: number; // Booking.Kind
  inside: boolean; // it came already when the list was read
  at?: number; // when it came, ms
  party: Heads;
  school: string; // the school as people call it, in both languages
  schoolEn: string;
  schoolClass: string;
}
// The list of a session's door, as this device keeps it.
export interface KeptList {
  session: string;
  zh: string;
  en: string;
  place: string;
  start: number; // ms
  end: number;
  opens: number; // from when people are let in
  cancelled: boolean;
  readAt: number; // by the service's clock
  entries: KeptEntry[];
}
export type Act = 'arrived' | 'left' | 'walkedIn' | 'cameLater';
// What was done at the door without a network, until the service has it.
export interface Noted {
  id: string;
  session: string;
  act: Act;
  code: string;
  time: number; // by the service's clock as far as it is known
  deviceTime: number;
  party?: Heads;
  kind?: number;
  label: string;
  // It was sent to the service before, and no answer came: being told of it twice is no surprise then.
  tried: boolean;
}
export interface Answered extends Noted {
  outcome: 'taken' | 'duplicate' | 'noCode' | 'refused';
  reason: string;
}

export type Why =
  | 'ok' | 'used' | 'notListed' | 'early' | 'ended' | 'cancelled' | 'shape' | 'short' | 'several' | 'madeUp' | 'otherSession'
  | 'requested' | 'held' | 'expired' | 'declined' | 'noShow' | 'bookingCancelled';
export interface Verdict {
  look: 'valid' | 'used' | 'early' | 'unknown' | 'wrong';
  why: Why;
  code: string;
  entry?: KeptEntry;
  at?: number; // when it was used; when the door opens for one that is early
  other?: KeptList; // the session that the code is of
}

// The whole code of what was typed or scanned: the end of a code is enough among those of one session.
export function wholeCode(list: KeptList, text: string): { code: string; why?: Why } {
  const code = codeIn(text);
  if (code.length === codeLength && /^[a-z0-9]+$/.test(code)) return { code };
  if (!/^[a-z0-9]{4,29}$/.test(code)) return { code, why: 'shape' };
  const found = list.entries.filter((one) => one.code.endsWith(code));
  if (found.length === 1) return { code: found[0]!.code };
  return { code, why: found.length ? 'several' : 'short' };
}

export function verify(list: KeptList, others: KeptList[], noted: Noted[], text: string, now: number): Verdict {
  const { code, why } = wholeCode(list, text);
  if (why) return { look: 'wrong', why, code };
  const entry = list.entries.find((one) => one.code === code);
  const wrong = (reason: Why, more: Partial<Verdict> = {}): Verdict => ({ look: 'wrong', why: reason, code, entry, ...more });
  if (!entry) {
    // The booking is known, and its seal is another one.
    if (list.entries.some((one) => one.code.slice(0, sealStart) === code.slice(0, sealStart))) return wrong('madeUp');
    const other = others.find((one) => one.session !== list.session && one.entries.some((them) => them.code === code));
    if (other) return wrong('otherSession', { other });
  }
  if (list.cancelled) return wrong('cancelled');
  const came = noted.find((one) => one.session === list.session && one.code === code && one.act === 'arrived');
  if (came || entry?.inside) return { look: 'used', why: 'used', code, entry, at: came?.time ?? entry?.at };
  if (now >= list.end) return wrong('ended');
  if (now < list.opens) return { look: 'early', why: 'early', code, entry, at: list.opens };
  return entry ? { look: 'valid', why: 'ok', code, entry } : { look: 'unknown', why: 'notListed', code };
}

// Who is looked for without a code: by the school, the class, or the end of the code.
export function search(list: KeptList, text: string): KeptEntry[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  return list.entries
    .filter((one) => [one.school, one.schoolEn, one.schoolClass, one.code.slice(-8)].some((part) => part.toLowerCase().includes(wanted)))
    .slice(0, 30);
}
