import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { Booking_Kind, PoolSchema, Pool_Counts, type Session, SessionSchema, Session_State } from '@/gen/kepu/event/v1/event_pb.js';
import { toTimestamp } from '@/i18n/time';
import { availability, freeHeads, isStepFree, mostPupils, takesSchools } from './offer';

const now = new Date('2026-11-22T00:00:00Z');
const time = (text: string) => create(TimestampSchema, toTimestamp(new Date(text)));
const later = time('2026-12-01T02:00:00Z');
const session = (more: Partial<Session>) =>
  Object.assign(create(SessionSchema, { state: Session_State.SCHEDULED, startTime: later, pools: [{ id: 'all', capacity: 90, free: 60 }] }), more);
const pools = (ones: MessageInitShape<typeof PoolSchema>[]) => ones.map((one) => create(PoolSchema, one));

describe('free places of a class', () => {
  it('is the least of all pools that are open to schools', () => {
    const made = session({ pools: pools([{ id: 'all', free: 60 }, { id: 'kits', free: 30, kinds: [Booking_Kind.SCHOOL] }, { id: 'family', free: 2, kinds: [Booking_Kind.FAMILY] }]) });
    expect(freeHeads(made)).toBe(30);
    expect(takesSchools(made)).toBe(true);
    expect(takesSchools(session({ pools: pools([{ id: 'family', kinds: [Booking_Kind.FAMILY] }]) }))).toBe(false);
  });
  it('leaves out what is set aside for others, not what is set aside for us', () => {
    const made = session({ pools: pools([{ id: 'all', free: 60, setAside: 20 }]) });
    made.allotments = create(SessionSchema, { allotments: [{ id: 'rural', pool: 'all', places: 20, beneficiaries: ['districts/dazu'] }] }).allotments;
    expect(freeHeads(made)).toBe(40);
    expect(freeHeads(made, { district: 'districts/dazu' })).toBe(60);
  });
});

describe('the most pupils that fit', () => {
  it('leaves places for the adults, and counts pupils alone where a pool does', () => {
    const made = session({ pools: pools([{ id: 'all', free: 45 }, { id: 'pupils', free: 44, counts: Pool_Counts.PUPILS_ONLY }]) });
    expect(mostPupils(made, 3)).toBe(42);
    expect(mostPupils(made, 0)).toBe(44);
    expect(mostPupils(made, 50)).toBe(0);
  });
  it('gives a booking its own places back', () => {
    expect(mostPupils(session({ pools: pools([{ id: 'all', free: 5 }]) }), 2, {}, { pupils: 38, adults: 2 })).toBe(43);
    expect(mostPupils(session({ pools: pools([{ id: 'groups', free: 0, counts: Pool_Counts.PARTIES }]) }), 2, {}, { pupils: 38, adults: 2 })).toBe(Infinity);
    expect(mostPupils(session({ pools: pools([{ id: 'groups', free: 0, counts: Pool_Counts.PARTIES }]) }), 2)).toBe(0);
  });
});

describe('what a class is told', () => {
  it('knows full from few from open', () => {
    expect(availability(session({}), now, 40).standing).toBe('open');
    expect(availability(session({}), now, 55).standing).toBe('few');
    expect(availability(session({}), now, 61).standing).toBe('wait');
    expect(availability(session({ pools: pools([{ id: 'all', unbounded: true }]) }), now, 61).standing).toBe('unbounded');
  });
  it('counts pupils alone where a pool does', () => {
    const made = session({ pools: pools([{ id: 'all', free: 45 }, { id: 'pupils', free: 40, counts: Pool_Counts.PUPILS_ONLY }]) });
    expect(availability(made, now, 42, {}, 40).standing).toBe('few');
    expect(availability(made, now, 43, {}, 41).standing).toBe('wait');
  });
  it('says why nobody books', () => {
    expect(availability(session({ state: Session_State.CANCELLED }), now).standing).toBe('cancelled');
    expect(availability(session({ startTime: time('2026-11-01T00:00:00Z') }), now).standing).toBe('past');
    expect(availability(session({ bookingOpenTime: later }), now).standing).toBe('notYet');
    expect(availability(session({ bookingCloseTime: time('2026-11-22T00:00:00Z') }), now).standing).toBe('closed');
    expect(availability(session({ round: 'rounds/spring' }), now).standing).toBe('round');
  });
});

it('is barrier-free by its hall, or by places for wheelchairs', () => {
  expect(isStepFree(session({}), ['step-free'])).toBe(true);
  expect(isStepFree(session({}), undefined)).toBe(false);
  expect(isStepFree(session({ pools: pools([{ id: 'wheel', capacity: 2, counts: Pool_Counts.WHEELCHAIRS }]) }), [])).toBe(true);
});
