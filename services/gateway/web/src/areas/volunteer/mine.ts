// The reader's own sign-ups and what waits for their answer, read together.
import { allPages } from '@/api/action';
import type { WaitEntry } from '@/gen/kepu/volunteer/v1/signup_pb.js';
import { type Signup, Signup_State } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { toDate } from '@/i18n/time';
import { swaps, volunteers, waits } from './clients';

export interface Mine {
  signups: Signup[];
  waits: WaitEntry[];
  offers: Signup[];
}

export async function readMine(signal?: AbortSignal): Promise<Mine> {
  const [signups, waiting, offers] = await Promise.all([
    allPages((pageToken) => volunteers.listSignups({ parent: 'shifts/-', pageToken, pageSize: 100 }, { signal }), (page) => page.signups, 600),
    allPages((pageToken) => waits.listWaitEntries({ parent: 'shifts/-', pageToken, pageSize: 100 }, { signal }), (page) => page.waitEntries),
    allPages((pageToken) => swaps.listSwapOffers({ pageToken, pageSize: 100 }, { signal }), (page) => page.signups),
  ]);
  return { signups, waits: waiting, offers };
}

export const isAsked = (signup: Signup, now: number) => (toDate(signup.askUntilTime)?.getTime() ?? 0) > now && signup.state === Signup_State.SIGNED_UP;
export const isInvited = (signup: Signup, now: number) => signup.state === Signup_State.INVITED && (toDate(signup.expireTime)?.getTime() ?? now + 1) > now;
