// connect-node over its Connect and gRPC-Web transports: the same calls, the same answers.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { compressionGzip, createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import {
  BadRequestSchema, ErrorInfoSchema, EventService, IdentityService, LocalizedMessageSchema, VenueService, bearer, client, url, world,
} from './support.mjs';

const { token, user, guest, session } = world();
const common = { baseUrl: url, httpVersion: '1.1' };
const logged = { ...common, interceptors: [bearer(token)] };
const gzip = { sendCompression: compressionGzip, compressMinBytes: 1 };
const transports = {
  'Connect proto': (options) => createConnectTransport({ ...options, useBinaryFormat: true }),
  'Connect JSON': (options) => createConnectTransport({ ...options, useBinaryFormat: false }),
  'Connect proto, gzip': (options) => createConnectTransport({ ...options, ...gzip, useBinaryFormat: true }),
  'Connect JSON, gzip': (options) => createConnectTransport({ ...options, ...gzip, useBinaryFormat: false }),
  'gRPC-Web proto': (options) => createGrpcWebTransport({ ...options, useBinaryFormat: true }),
  'gRPC-Web JSON': (options) => createGrpcWebTransport({ ...options, useBinaryFormat: false }),
  'gRPC-Web proto, gzip': (options) => createGrpcWebTransport({ ...options, ...gzip, useBinaryFormat: true }),
};

// The error that a call ends with.
const failure = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return ConnectError.from(error);
  }
  return assert.fail('it should have been refused');
};

const messages = async (stream) => {
  const all = [];
  for await (const message of stream) all.push(message);
  return all;
};

for (const [name, make] of Object.entries(transports)) {
  test(`${name}: reads, by nobody and by somebody`, async () => {
    const venue = await client(VenueService, make(common)).getVenue({ name: 'venues/e2e-a' });
    assert.equal(venue.displayName.zh, '试馆 e2e-a');
    assert.ok(venue.createTime.seconds > 1_700_000_000n);
    const me = await client(IdentityService, make(logged)).getMe({});
    assert.equal(me.name, user);
  });

  test(`${name}: a change, and the same again`, async () => {
    const requestId = randomUUID();
    const seen = [];
    const options = { onHeader: (headers) => seen.push(headers) };
    const venues = client(VenueService, make(logged));
    const venue = { name: 'venues/e2e-b', displayName: { zh: `试馆 ${requestId}` } };
    const update = { venue, updateMask: { paths: ['display_name'] }, requestId };
    const first = await venues.updateVenue(update, options);
    const again = await venues.updateVenue(update, options);
    assert.equal(first.displayName.zh, venue.displayName.zh);
    assert.equal(again.etag, first.etag);
    assert.ok(BigInt(seen[0].get('x-kepu-position')) > 0n);
    assert.equal(seen[1].get('x-kepu-replayed'), 'true');
  });

  test(`${name}: refusals with their details, also in Chinese`, async () => {
    const absent = await failure(client(VenueService, make(common)).getVenue({ name: 'venues/不在' }));
    const none = await failure(client(VenueService, make(common)).getVenue({ name: 'venues/none' }));
    assert.equal(none.code, Code.NotFound);
    assert.equal(none.findDetails(ErrorInfoSchema)[0].reason, 'NOT_FOUND');
    assert.equal(none.findDetails(ErrorInfoSchema)[0].domain, 'kepu');
    const sentences = none.findDetails(LocalizedMessageSchema);
    assert.match(sentences.find((one) => one.locale === 'zh-CN').message, /找不到 venues\/none/);
    assert.match(sentences.find((one) => one.locale === 'en').message, /does not exist/);
    assert.ok([Code.NotFound, Code.InvalidArgument].includes(absent.code));
    assert.match(absent.rawMessage, /不在|venue|name/, 'the message comes through as it was written');
    const identity = client(IdentityService, make(common));
    const wrong = await failure(identity.registerUser({ userName: '', password: 'x', requestId: randomUUID() }));
    assert.equal(wrong.code, Code.InvalidArgument);
    assert.ok(wrong.findDetails(BadRequestSchema)[0].fieldViolations.length > 0);
  });

  test(`${name}: who may not`, async () => {
    const nobody = await failure(client(IdentityService, make(common)).getMe({}));
    assert.equal(nobody.code, Code.Unauthenticated);
    const forged = make({ ...common, interceptors: [bearer('A'.repeat(43))] });
    assert.equal((await failure(client(VenueService, forged).getVenue({ name: 'venues/e2e-a' }))).code, Code.Unauthenticated);
    // For services only: as if there were no such method.
    const inside = await failure(client(IdentityService, make(logged)).resolveLogin({ token }));
    assert.equal(inside.code, Code.Unimplemented);
    const watch = await failure(messages(client(IdentityService, make(logged)).watchAccess({})));
    assert.equal(watch.code, Code.Unimplemented);
  });

  test(`${name}: a server stream to its end`, async () => {
    const pieces = await messages(client(VenueService, make(common)).exportVenues({ format: 1 }));
    assert.match(pieces[0].contentType, /^text\/csv/);
    const table = Buffer.concat(pieces.map((piece) => piece.data)).toString();
    assert.match(table, /e2e-a/);
    assert.match(table, /e2e-b/);
    const none = await failure(messages(client(EventService, make(common)).watchSession({ name: 'events/e2e/sessions/none' })));
    assert.equal(none.code, Code.NotFound);
    assert.match(none.findDetails(LocalizedMessageSchema)[0].message, /找不到/);
  });

  test(`${name}: a stream that is left`, async () => {
    const controller = new AbortController();
    const stream = client(EventService, make(common)).watchSession({ name: session }, { signal: controller.signal });
    const error = await failure((async () => {
      for await (const message of stream) {
        assert.equal(message.name, session);
        controller.abort();
      }
    })());
    assert.equal(error.code, Code.Canceled);
  });

  test(`${name}: deadlines`, async () => {
    const identity = client(IdentityService, make(common));
    // Nothing is done within no time; a password takes longer to be hashed than a millisecond.
    const late = await failure(identity.login(guest.login, { timeoutMs: 1 }));
    assert.equal(late.code, Code.DeadlineExceeded);
    const stream = client(EventService, make(common)).watchSession({ name: session }, { timeoutMs: 300 });
    assert.equal((await failure(messages(stream))).code, Code.DeadlineExceeded);
    assert.equal((await identity.login(guest.login, { timeoutMs: 60_000 })).user, guest.name);
  });
}

test('Connect GET', async () => {
  for (const useBinaryFormat of [true, false]) {
    const asked = [];
    const note = (next) => async (request) => {
      const answer = await next(request);
      asked.push([answer.header.get('etag'), answer.header.get('cache-control')]);
      return answer;
    };
    const transport = createConnectTransport({ ...common, useBinaryFormat, useHttpGet: true, interceptors: [note] });
    const method = { ...VenueService.method.getVenue, idempotency: MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS };
    const input = create(method.input, { name: 'venues/e2e-a' });
    const answer = await transport.unary(method, undefined, undefined, undefined, input);
    assert.equal(answer.message.displayName.zh, '试馆 e2e-a');
    const refused = await failure(transport.unary(method, undefined, undefined, undefined, create(method.input, { name: 'venues/none' })));
    assert.equal(refused.code, Code.NotFound);
    // What POST answers has neither.
    assert.match(asked[0][0], /^"[\w-]+"$/);
    assert.equal(asked[0][1], 'no-cache');
    const path = `${url}/kepu.venue.v1.VenueService/GetVenue?connect=v1&encoding=proto&base64=1&message=`;
    const again = await fetch(path + Buffer.from(toBinary(method.input, input)).toString('base64url'), {
      headers: useBinaryFormat ? { 'If-None-Match': asked[0][0] } : {},
    });
    assert.equal(again.status, useBinaryFormat ? 304 : 200);
  }
});

test('a deadline that is over is one, whatever the client would have waited', async () => {
  const answer = await fetch(`${url}/kepu.identity.v1.IdentityService/Login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Connect-Timeout-Ms': '0' },
    body: JSON.stringify(guest.login),
  });
  assert.equal(answer.status, 504);
  assert.equal((await answer.json()).code, 'deadline_exceeded');
});
