import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect';
import { beforeEach, expect, it, vi } from 'vitest';
import { useAction } from './action';
import { identify } from './transport';
import { BookingSchema, EventService } from '@/gen/kepu/event/v1/event_pb.js';

vi.mock('vue-router', () => ({ useRouter: () => ({}) }));
let seen: { id: string; note: string }[];
let fails = 0;
const transport = createRouterTransport(
  ({ service }) =>
    service(EventService, {
      cancelBooking({ requestId, name }) {
        seen.push({ id: requestId, note: name });
        if (fails-- > 0) throw new ConnectError('gone', Code.Unavailable);
        return create(BookingSchema, { name });
      },
    }),
  { transport: { interceptors: [identify] } },
);
const client = createClient(EventService, transport);
let wanted = 'a';
const cancel = () => useAction((options) => client.cancelBooking({ name: wanted }, options));

beforeEach(() => {
  seen = [];
  fails = 0;
  wanted = 'a';
});

it('asks again under the same id while nobody knows what became of it, and then under another', async () => {
  fails = 2;
  const action = cancel();
  for (let tries = 0; tries < 4; tries++) await action.run();
  const [one, two, three, four] = seen.map(({ id }) => id);
  expect(one).toBeTruthy();
  expect([two, three]).toEqual([one, one]);
  expect(four).not.toBe(one);
});

it('gives what was changed meanwhile an id of its own, and what it was before the old one', async () => {
  fails = 3;
  const action = cancel();
  await action.run();
  wanted = 'b';
  await action.run();
  wanted = 'a';
  await action.run();
  expect(new Set(seen.map(({ id, note }) => id + note)).size).toBe(2);
  expect(seen[0]!.id).toBe(seen[2]!.id);
  expect(seen[0]!.id).not.toBe(seen[1]!.id);
});

it('does nothing on a second tap while it runs', async () => {
  const action = cancel();
  await Promise.all([action.run(), action.run()]);
  expect(seen.length).toBe(1);
});
