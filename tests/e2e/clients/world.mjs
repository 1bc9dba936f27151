// The first administrator, and by him a district, two venues, an event and a session: all by connect-node.
import { writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { fromJson } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { bearer, client, secret, url, work, DirectoryService, EventService, IdentityService, VenueService } from './support.mjs';

const transport = (token, options = {}) =>
  createConnectTransport({ baseUrl: url, httpVersion: '1.1', interceptors: token ? [bearer(token)] : [], ...options });
const password = randomUUID();
const userName = 'clients-admin';

// A service that has just started may still be reading its log.
const patiently = async (call) => {
  const until = Date.now() + 120_000;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const wait = error instanceof ConnectError && [Code.Unavailable, Code.DeadlineExceeded].includes(error.code);
      if (!wait || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
};

const identity = client(IdentityService, transport());
const first = { code: secret('bootstrap-code').toString().trim(), userName, password, requestId: randomUUID() };
await patiently(() => identity.bootstrapAdmin(first));
const { token, user } = await patiently(() => identity.login({ userName, password }));

// Logs in again and again, which ends older logins of the same user.
const login = { userName: 'clients-guest', password: randomUUID() };
const registration = { ...login, requestId: randomUUID() };
const { name } = await patiently(() => identity.registerUser(registration));

// Requests are written as JSON, in which enums have names, and sent as bytes.
const made = (service, method, json) => {
  const request = fromJson(service.method[method].input, { ...json, requestId: randomUUID() });
  return patiently(() => client(service, transport(token))[method](request));
};
const zh = (text) => ({ zh: text });
await made(DirectoryService, 'createDistrict', { districtId: 'e2e', district: { displayName: zh('试区'), kind: 'DISTRICT', region: 'MU' } });
await made(DirectoryService, 'createOrganization', { organizationId: 'e2e', organization: { displayName: zh('试单位'), kind: 'UNIT' } });
const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const weekly = days.map((day) => ({ day, periods: [{ openTime: { hours: 8 }, closeTime: { hours: 20 } }] }));
for (const venueId of ['e2e-a', 'e2e-b']) {
  const venue = { displayName: zh(`试馆 ${venueId}`), kind: 'MUSEUM', district: 'districts/e2e', opening: { weekly } };
  await made(VenueService, 'createVenue', { venueId, venue });
}
const hours = (from) => new Date(Date.UTC(2035, 0, 5, from)).toISOString();
const event = {
  displayName: zh('试活动'), kind: 'WORKSHOP', place: 'venues/e2e-a', startTime: hours(1), endTime: hours(9),
  form: 'EVENT_FORM_TRAINING', themes: ['THEME_INNOVATION'], targetGroups: ['TARGET_GROUP_MINORS'],
  subject: 'SUBJECT_NATURAL', topics: ['magnetism'], district: 'districts/e2e', leadUnit: 'organizations/e2e',
};
await made(EventService, 'createEvent', { eventId: 'e2e', event, publish: true });
const session = await made(EventService, 'createSession', {
  parent: 'events/e2e',
  session: { place: 'venues/e2e-a', startTime: hours(2), endTime: hours(3), pools: [{ id: 'all', capacity: 5 }] },
});
writeFileSync(`${work}/world.json`, JSON.stringify({ token, user, guest: { login, name }, session: session.name }), { mode: 0o600 });
