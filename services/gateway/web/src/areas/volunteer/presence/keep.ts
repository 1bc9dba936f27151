// Brings the shifts that one could check in to from the service to this device, so that the check-in also works without a network.
import type { Signup } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { Signup_State } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { now as serviceTime } from '@/api/clock';
import { said } from '@/i18n';
import { toDate } from '@/i18n/time';
import { useSession } from '@/session/store';
import { venues, volunteers } from '../clients';
import { closeHours, hoursMs } from '../shifts';
import { type KeptShift, keepShifts, keptShifts } from './queue';
import { queueUser } from './flush';

const soon = 7 * 24;

async function titleOf(signup: Signup): Promise<string> {
  const shift = await volunteers.getShift({ name: signup.shift });
  const place = signup.place.startsWith('venues/') ? said((await venues.getVenue({ name: signup.place })).displayName) : '';
  return [said(shift.role), place].filter(Boolean).join(' · ');
}

export async function bringShifts(signups: Signup[]): Promise<void> {
  const now = serviceTime();
  const serving = signups.filter(({ state, startTime, endTime }) => {
    const start = toDate(startTime)?.getTime() ?? 0;
    const end = toDate(endTime)?.getTime() ?? 0;
    return [Signup_State.SIGNED_UP, Signup_State.CHECKED_IN, Signup_State.CHECKED_OUT].includes(state) && start < now + hoursMs(soon) && end + hoursMs(closeHours) > now;
  });
  const user = useSession().user;
  if (!user) return;
  const kept: KeptShift[] = [];
  for (const one of serving)
    kept.push({ signup: one.name, user, state: one.state, start: toDate(one.startTime)!.getTime(), end: toDate(one.endTime)!.getTime(), place: one.place, title: await titleOf(one) });
  await keepShifts(user, kept);
}

// Without a network what was brought before; where the queue says that somebody came already, they may go.
export async function readKept(): Promise<KeptShift[]> {
  const user = queueUser();
  return user ? keptShifts(user) : [];
}
