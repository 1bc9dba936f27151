// The reader's own bookings and places on wait lists, with what they are for.
import { events } from './clients';
import { door } from './booking-clients';
import { type Booking, Booking_State, type Event, type Session, type WaitEntry, WaitEntry_State } from './model';
import type { Ticket } from './tickets';
import { heads } from './party';
import { allPages } from '@/api/action';
import { eachOf } from '@/api/each';
import { idsOf } from '@/api/resource';
import { readVenue, venueOfPlace } from '@/api/venues';
import { readEvent } from './things';
import type { Venue } from '@/gen/kepu/venue/v1/venue_pb.js';
import { toDate } from '@/i18n/time';

export interface Mine {
  booking: Booking;
  session: Session;
  event: Event;
  venue?: Venue;
}
export interface Waiting {
  entry: WaitEntry;
  session: Session;
  event: Event;
  venue?: Venue;
}

const own = 'events/-/sessions/-';
export const sessionNameOf = (name: string) => name.split('/').slice(0, 4).join('/');

async function about(name: string) {
  const [session, event] = await Promise.all([events.getSession({ name: sessionNameOf(name) }), readEvent(`events/${idsOf(name)[0]}`)]);
  const place = venueOfPlace(session.place);
  return { session, event, venue: place ? await readVenue(place) : undefined };
}

// Not those of a school, which its teachers see among the school's.
export async function myBookings(signal?: AbortSignal): Promise<Mine[]> {
  const list = await allPages(
    (pageToken) => events.listBookings({ parent: own, pageSize: 100, pageToken }, { signal }),
    (page) => page.bookings,
    300,
  );
  // The offer of a wait list is shown with its entry.
  const shown = list.filter((booking) => !booking.school && booking.state !== Booking_State.EXPIRED && !(booking.state === Booking_State.HELD && booking.fromWaitList));
  return eachOf(shown, async (booking) => ({ booking, ...(await about(booking.name)) }));
}
export async function myWaiting(signal?: AbortSignal): Promise<Waiting[]> {
  const list = await allPages(
    (pageToken) => events.listWaitEntries({ parent: own, pageSize: 100, pageToken }, { signal }),
    (page) => page.waitEntries,
    300,
  );
  const shown = list.filter((entry) => !entry.school && (entry.state === WaitEntry_State.WAITING || entry.state === WaitEntry_State.OFFERED));
  return eachOf(shown, async (entry) => ({ entry, ...(await about(entry.name)) }));
}
export async function myBooking(name: string, signal?: AbortSignal): Promise<Mine> {
  const [booking, rest] = await Promise.all([events.getBooking({ name }, { signal }), about(name)]);
  return { booking, ...rest };
}

export const isUpcoming = ({ booking, session }: Mine, now: Date) =>
  [Booking_State.HELD, Booking_State.CONFIRMED, Booking_State.CHECKED_IN, Booking_State.REQUESTED].includes(booking.state) && (toDate(session.endTime) ?? now) > now;
// At the door only these let in.
export const hasCode = (booking: Booking) => booking.state === Booking_State.CONFIRMED || booking.state === Booking_State.CHECKED_IN;
export const entryCode = async (booking: string) => (await door.getEntryCode({ name: `${booking}/entryCode` })).code;

const both = (text: { zh: string; en: string } | undefined) => ({ zh: text?.zh ?? '', en: text?.en ?? '' });
export const ticketOf = ({ booking, session, event, venue }: Mine, user: string, code: string): Ticket => ({
  name: booking.name,
  user,
  title: both(event.displayName),
  place: both(venue?.displayName),
  address: both(venue?.address),
  start: toDate(session.startTime)?.getTime() ?? 0,
  end: toDate(session.endTime)?.getTime() ?? 0,
  state: booking.state,
  adults: booking.party?.adults ?? heads(booking.party),
  pupils: booking.party?.pupils ?? 0,
  code,
});
