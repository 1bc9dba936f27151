// What tests of the desk need of the demo city: a venue that is open day and night with somebody at its desk, sessions there,
// and people who book. Made by the API, as programs do.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { account, open, url, visit } from './browser.mjs';

const tokens = new Map();
const passwords = new Map();

async function send(method, path, body, headers = {}) {
  const answer = await fetch(`${url}/v1/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : undefined };
}

export async function logInAs(userName) {
  const password = passwords.get(userName) ?? account(userName).password;
  const { status, body } = await send('POST', 'users:login', { userName, password });
  assert.equal(status, 200, JSON.stringify(body));
  tokens.set(userName, body.token);
}

// One call as that user; refusals are answers too where `may` says so.
export async function call(userName, method, path, body, may = [200]) {
  if (!tokens.has(userName)) await logInAs(userName);
  const headers = { Authorization: `Bearer ${tokens.get(userName)}` };
  if (method !== 'GET') headers['Idempotency-Key'] = randomUUID();
  let answer = await send(method, path, body, headers);
  // A user has so many logins at once: the oldest ends when a browser logs in.
  if (answer.status === 401) {
    await logInAs(userName);
    answer = await send(method, path, body, { ...headers, Authorization: `Bearer ${tokens.get(userName)}` });
  }
  assert(may.includes(answer.status), `${userName} ${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export const inMinutes = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();

// A new user with a password of its own, and roles.
export async function person(userName, grants = []) {
  const password = `Tor-${randomUUID()}`;
  const { status, body } = await send('POST', 'users:register', { userName, password, displayName: '门口试验' }, { 'Idempotency-Key': randomUUID() });
  assert.equal(status, 200, JSON.stringify(body));
  passwords.set(userName, password);
  for (const [role, on] of grants) await call('demo-city', 'POST', `${body.name}:grantRole`, { role, on });
  return { userName, password, name: body.name };
}

// A browser that is logged in as somebody who is not in the list of demo accounts.
export async function signInAs(context, userName) {
  const answer = await context.request.post(`${url}/v1/sessions:login`, { headers: { Origin: url }, data: { userName, password: passwords.get(userName) } });
  assert.equal(answer.status(), 200, await answer.text());
}

// A page as somebody of the desk sees it.
export async function pageAs(browser, userName, path, screen = 'desktop', more = {}) {
  const context = await open(browser, { screen, ...more });
  await signInAs(context, userName);
  const page = await context.newPage();
  await visit(page, path);
  return { context, page };
}

const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];

// A venue that never closes, an event of it, and staff for it.
export async function desk(extra = []) {
  const id = `desk-${randomUUID().slice(0, 8)}`;
  const venue = await call('demo-city', 'POST', `venues?venueId=${id}`, {
    displayName: { zh: '门口试验馆', en: 'Door trial hall' }, kind: 'MUSEUM', district: 'districts/liangjiang', location: { latitude: 29.57, longitude: 106.58 },
    opening: { weekly: days.map((day) => ({ day, periods: [{ openTime: { hours: 0 }, closeTime: { hours: 24 } }] })) },
  });
  const event = await call('demo-city', 'POST', `events?eventId=${id}`, { displayName: { zh: '夜游科技馆', en: 'A night at the museum' }, kind: 'LECTURE', place: venue.name, mode: 'EVENT_MODE_ONSITE', form: 'EVENT_FORM_LECTURE', themes: ['THEME_INNOVATION'], targetGroups: ['TARGET_GROUP_RESIDENTS'], subject: 'SUBJECT_NATURAL', topics: ['astronomy'], district: 'districts/liangjiang', leadUnit: 'organizations/cqstm-museum', interaction: 'INTERACTION_DIALOGUE' });
  await call('demo-city', 'POST', `${event.name}:publish`, {});
  const staff = await person(`${id}-staff`, [['venue_admin', venue.name], ...extra]);
  const session = (start, end, more = {}) => call('demo-city', 'POST', `${event.name}/sessions`, { place: venue.name, startTime: inMinutes(start), endTime: inMinutes(end), pools: [{ id: 'all', capacity: 60 }], ...more });
  return { id, venue, event, staff, session };
}

export const book = (userName, session, kind, party, more = {}) => call(userName, 'POST', `${session.name}/bookings`, { kind, party, ...more });
export const codeOf = async (userName, booking) => (await call(userName, 'GET', `${booking.name}/entryCode`)).code;
