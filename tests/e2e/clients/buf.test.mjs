// buf curl, the official command: Connect and gRPC-Web at the gateway. Its exit code is the gRPC code times 8.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { bufProgram, unfolded, url, work, world } from './support.mjs';

const run = promisify(execFile);
const { token, user, session } = world();

const buf = async (protocol, path, json, login = token) => {
  const header = login ? ['--header', `Authorization: Bearer ${login}`] : [];
  const words = ['curl', '--schema', `${work}/image.binpb`, '--protocol', protocol, ...header, '-d', JSON.stringify(json), `${url}/${path}`];
  try {
    const { stdout } = await run(bufProgram, words, { maxBuffer: 1 << 24 });
    return { code: 0, said: stdout };
  } catch (error) {
    return { code: error.code / 8, said: unfolded(error.stderr) };
  }
};

test('the contract is an image that buf takes', async () => {
  const { KEPU_PROTOS: protos, KEPU_GOOGLEAPIS: googleapis } = process.env;
  const files = ['kepu/identity/v1/identity.proto', 'kepu/venue/v1/venue_service.proto', 'kepu/event/v1/event.proto', 'google/rpc/error_details.proto'];
  await run('protoc', [`-I${protos}`, `-I${googleapis}`, '-I/usr/include', '--include_imports', `--descriptor_set_out=${work}/image.binpb`, ...files]);
  const { stdout } = await run(bufProgram, ['--version']);
  assert.match(stdout, /^1\.75/);
});

for (const protocol of ['connect', 'grpcweb']) {
  test(`${protocol}: unary, refusals and a stream`, async () => {
    const me = await buf(protocol, 'kepu.identity.v1.IdentityService/GetMe', {});
    assert.equal(me.code, 0, me.said);
    assert.equal(JSON.parse(me.said).name, user);
    const none = await buf(protocol, 'kepu.venue.v1.VenueService/GetVenue', { name: 'venues/none' });
    assert.equal(none.code, 5, none.said);
    assert.match(none.said, /找不到 venues\/none/);
    assert.match(none.said, /NOT_FOUND/);
    const inside = await buf(protocol, 'kepu.identity.v1.IdentityService/ResolveLogin', { token: 'x' });
    assert.equal(inside.code, 12, inside.said);
    const table = await buf(protocol, 'kepu.venue.v1.VenueService/ExportVenues', { format: 'CSV' });
    assert.equal(table.code, 0, table.said);
    assert.match(table.said, /text\/csv/);
    const absent = await buf(protocol, 'kepu.event.v1.EventService/WatchSession', { name: `${session}x` });
    assert.equal(absent.code, 5, absent.said);
  });

  test(`${protocol}: by nobody`, async () => {
    for (const login of ['', 'A'.repeat(43)]) {
      const nobody = await buf(protocol, 'kepu.identity.v1.IdentityService/GetMe', {}, login);
      assert.equal(nobody.code, 16, nobody.said);
    }
    const venue = await buf(protocol, 'kepu.venue.v1.VenueService/GetVenue', { name: 'venues/e2e-a' }, '');
    assert.equal(JSON.parse(venue.said).displayName.zh, '试馆 e2e-a');
  });
}
