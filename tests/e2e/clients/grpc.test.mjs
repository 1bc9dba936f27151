// grpc-js and buf curl at the services' own listeners. Who is let in there holds the key of the deployment; everybody
// else is nobody, whatever they say of themselves.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { blake2b } from '@noble/hashes/blake2b';
import { fromBinary } from '@bufbuild/protobuf';
import { StatusSchema } from './gen/google/rpc/status_pb.js';
import { bufProgram, data, secret, unfolded, work, world } from './support.mjs';

const run = promisify(execFile);
const { user, session } = world();

// The identity that the gateway seals for a service: libs/auth/identity_token.h.
const text = (value) => Buffer.concat([Buffer.from([Buffer.byteLength(value)]), Buffer.from(value)]);
const sealed = (audience, { issuer = 'gateway', name = '', grants = [], seconds = 60, key = secret('identity.key') } = {}) => {
  const pair = blake2b(Buffer.from(`kepu identity ${issuer} > ${audience}`), { key, dkLen: 32 });
  const until = Buffer.alloc(8);
  until.writeBigUInt64BE(BigInt(Date.now() + seconds * 1000) * 1000n);
  const roles = grants.flatMap(([role, on]) => [text(role), text(on)]);
  const body = Buffer.concat([Buffer.from([1]), until, text(issuer), text(name), text(''), ...roles]);
  return Buffer.concat([body, blake2b(body, { key: pair, dkLen: 32 })]).toString('base64url');
};

const packages = grpc.loadPackageDefinition(
  loader.loadSync(
    ['kepu/identity/v1/identity.proto', 'kepu/venue/v1/venue_service.proto', 'kepu/event/v1/event.proto'],
    { includeDirs: [process.env.KEPU_PROTOS, process.env.KEPU_GOOGLEAPIS, '/usr/include'], longs: String, enums: String },
  ),
).kepu;
const at = (service) => `unix:${data}/run/${service}.sock`;
const identity = new packages.identity.v1.IdentityService(at('identity'), grpc.credentials.createInsecure());
const venues = new packages.venue.v1.VenueService(at('venue'), grpc.credentials.createInsecure());
const events = new packages.event.v1.EventService(at('event'), grpc.credentials.createInsecure());

const metadata = (identityText, more = {}) => {
  const headers = new grpc.Metadata();
  if (identityText) headers.set('x-kepu-identity-bin', Buffer.from(identityText));
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  return headers;
};
const asked = (client, method, request, headers, options = {}) =>
  new Promise((resolve) => {
    client[method](request, headers, { deadline: Date.now() + 20_000, ...options }, (error, answer) => resolve({ error, answer }));
  });

test.after(() => [identity, venues, events].forEach((one) => one.close()));

test('unary, with the identity of somebody', async () => {
  const { error, answer } = await asked(identity, 'GetMe', {}, metadata(sealed('identity', { name: user })));
  assert.equal(error, null);
  assert.equal(answer.name, user);
  const venue = await asked(venues, 'GetVenue', { name: 'venues/e2e-a' }, metadata(sealed('venue')));
  assert.equal(venue.answer.display_name?.zh ?? venue.answer.displayName.zh, '试馆 e2e-a');
});

test('refusals: binary trailers with the details', async () => {
  const { error } = await asked(venues, 'GetVenue', { name: 'venues/none' }, metadata(sealed('venue')));
  assert.equal(error.code, grpc.status.NOT_FOUND);
  const status = fromBinary(StatusSchema, error.metadata.get('grpc-status-details-bin')[0]);
  assert.equal(status.code, 5);
  assert.match(Buffer.concat(status.details.map((any) => any.value)).toString(), /找不到 venues\/none/);
});

test('nobody is let in who has no identity, a forged, old or strange one', async () => {
  const key = Buffer.alloc(32, 7);
  const doors = {
    none: metadata(),
    'somebody who says so': metadata('', { 'x-kepu-dev-principal': 'users/eve;city_admin@city', 'x-user': user }),
    garbage: metadata('AAAA'),
    'another key': metadata(sealed('identity', { name: user, key })),
    'for another service': metadata(sealed('venue', { name: user })),
    'from nobody we know': metadata(sealed('identity', { issuer: 'stranger', name: user })),
    'out of date': metadata(sealed('identity', { name: user, seconds: -60 })),
  };
  for (const [name, headers] of Object.entries(doors)) {
    const { error } = await asked(identity, 'GetMe', {}, headers);
    assert.equal(error?.code, grpc.status.UNAUTHENTICATED, name);
  }
});

test('a role that is not held opens nothing, and one that is sealed does', async () => {
  const disable = { name: user, request_id: 'x', requestId: 'x' };
  const without = await asked(identity, 'DisableUser', disable, metadata(sealed('identity', { name: 'users/eve' })));
  assert.ok([grpc.status.PERMISSION_DENIED, grpc.status.NOT_FOUND, grpc.status.UNAUTHENTICATED].includes(without.error?.code));
});

test('server streams: to their end, left, and out of time', async () => {
  const pieces = [];
  const table = venues.ExportVenues({ format: 'CSV' }, metadata(sealed('venue')));
  for await (const piece of table) pieces.push(piece.data);
  assert.match(Buffer.concat(pieces).toString(), /e2e-a/);

  const ends = (stream, onData = () => {}) =>
    new Promise((resolve) => stream.on('data', onData).on('error', resolve).on('end', () => resolve(null)));
  const left = events.WatchSession({ name: session }, metadata(sealed('event')));
  assert.equal((await ends(left, () => left.cancel())).code, grpc.status.CANCELLED);
  const short = events.WatchSession({ name: session }, metadata(sealed('event')), { deadline: Date.now() + 300 });
  assert.equal((await ends(short)).code, grpc.status.DEADLINE_EXCEEDED);
});

test('too much: a message beyond the limit', async () => {
  const { error } = await asked(venues, 'GetVenue', { name: 'v'.repeat(300 * 1024) }, metadata(sealed('venue')));
  assert.equal(error.code, grpc.status.RESOURCE_EXHAUSTED);
});

test('buf curl --protocol grpc', async () => {
  const curl = async (identityText, path, json) => {
    const header = identityText ? ['--header', `x-kepu-identity-bin: ${Buffer.from(identityText).toString('base64')}`] : [];
    const words = ['curl', '--schema', `${work}/image.binpb`, '--protocol', 'grpc', '--http2-prior-knowledge',
      '--unix-socket', `${data}/run/identity.sock`, ...header, '-d', JSON.stringify(json), `http://identity/${path}`];
    try {
      return { code: 0, said: (await run(bufProgram, words)).stdout };
    } catch (error) {
      return { code: error.code / 8, said: unfolded(error.stderr) };
    }
  };
  const { KEPU_PROTOS: protos, KEPU_GOOGLEAPIS: googleapis } = process.env;
  await run('protoc', [`-I${protos}`, `-I${googleapis}`, '-I/usr/include', '--include_imports', `--descriptor_set_out=${work}/image.binpb`,
    'kepu/identity/v1/identity.proto', 'google/rpc/error_details.proto']);
  const me = await curl(sealed('identity', { name: user }), 'kepu.identity.v1.IdentityService/GetMe', {});
  assert.equal(me.code, 0, me.said);
  assert.equal(JSON.parse(me.said).name, user);
  const refused = await curl('', 'kepu.identity.v1.IdentityService/GetMe', {});
  assert.equal(refused.code, 16, refused.said);
  assert.match(refused.said, /BAD_IDENTITY/);
});
