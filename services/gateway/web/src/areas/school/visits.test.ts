import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { BookingSchema, Booking_State, SessionSchema, WaitEntrySchema, WaitEntry_State } from '@/gen/kepu/event/v1/event_pb.js';
import { toTimestamp } from '@/i18n/time';
import { calendarFile, fold } from './ics';
import { adultsNeeded, coming, knownClasses, past, todos } from './visits';

const now = new Date('2026-11-22T00:00:00Z');
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
const visit = (state: Booking_State, when: number, more: object = {}) => ({
  booking: create(BookingSchema, { name: `events/e/sessions/s${when}/bookings/b`, state, party: { pupils: 40, adults: 2 }, ...more }),
  session: create(SessionSchema, { name: `events/e/sessions/s${when}`, startTime: toTimestamp(days(when)), endTime: toTimestamp(days(when + 0.1)) }),
});

describe('visits of a school', () => {
  it('come in order of time, and are past when they are over', () => {
    const all = [visit(Booking_State.CONFIRMED, 9), visit(Booking_State.REQUESTED, 3), visit(Booking_State.CANCELLED, 4), visit(Booking_State.CHECKED_IN, -2), visit(Booking_State.NO_SHOW, -5)];
    expect(coming(all, now).map(({ session }) => session?.name)).toEqual(['events/e/sessions/s3', 'events/e/sessions/s9']);
    expect(past(all, now)).toHaveLength(2);
  });
  it('ask for what has a deadline, the nearest first', () => {
    const offered = visit(Booking_State.REQUESTED, 9, { counterOffer: 'events/e/sessions/x/bookings/y', counterOfferExpireTime: toTimestamp(days(2)) });
    const counts = visit(Booking_State.CONFIRMED, 8, { freeUntil: toTimestamp(days(1)) });
    const waiting = create(WaitEntrySchema, { state: WaitEntry_State.OFFERED, offer: 'events/e/sessions/s3/bookings/w' });
    const found = todos([offered, counts, visit(Booking_State.CHECKED_IN, -2)], [waiting], new Map(), now);
    expect(found.map(({ kind }) => kind)).toEqual(['waitOffer', 'counts', 'offer', 'feedback']);
  });
  it('remember each class once, as it was booked last', () => {
    const booked = (schoolClass: string, pupils: number) => create(BookingSchema, { schoolClass, grade: '5', party: { pupils, adults: 2 } });
    expect(knownClasses([booked('5-1', 40), booked('5-2', 36), booked('5-1', 20), booked('', 9)]).map(({ schoolClass, pupils }) => [schoolClass, pupils])).toEqual([['5-1', 40], ['5-2', 36]]);
    expect(adultsNeeded(41, 20)).toBe(3);
  });
});

it('a calendar file has no line over 75 octets and cuts no character', () => {
  const file = calendarFile({ uid: 'b', start: now, end: days(1), summary: '馆校结合课程：磁与电（五年级一班），四十名学生和两名教师，早上到馆', location: 'a;b', description: 'x\ny' }, now);
  for (const line of file.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
  expect(file).toContain('LOCATION:a\\;b');
  expect(file.replaceAll('\r\n ', '')).toContain('四十名学生和两名教师，早上到馆');
  expect(fold('short')).toBe('short');
});
