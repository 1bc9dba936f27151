// What tests of the teachers' area share: calls of the API as somebody, the session that is booked, and a colleague.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { account, url } from './browser.mjs';

// A program's login beside the browser's.
const tokens = new Map();
async function tokenOf({ username, password }) {
  if (!tokens.has(username)) {
    const answer = await fetch(`${url}/v1/users:login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ userName: username, password }) });
    assert.equal(answer.status, 200, await answer.clone().text());
    tokens.set(username, (await answer.json()).token);
  }
  return tokens.get(username);
}

export async function call(who, method, path, body) {
  const person = typeof who === 'string' ? account(who) : who;
  const key = method === 'GET' ? {} : { 'Idempotency-Key': randomUUID() };
  const send = async () =>
    fetch(`${url}/v1/${path}`, { method, headers: { Authorization: `Bearer ${await tokenOf(person)}`, 'Content-Type': 'application/json', ...key }, body: body && JSON.stringify(body) });
  let answer = await send();
  // Many logins of one person end the oldest of them.
  if (answer.status === 401 && tokens.delete(person.username)) answer = await send();
  assert(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

export const school = 'schools/yuzhong-xinghe-p';
export const teacher = 'demo-teacher-2';

// A class whose name no other test uses: a class cannot be in two places at once.
export const freshClass = () => `5-${Math.floor(Math.random() * 9e5 + 1e5)}`;
export const bookingsOf = async (schoolClass) => {
  const found = [];
  for (let pageToken = ''; ; ) {
    const page = await call(teacher, 'GET', `${school}/bookings?pageSize=100&pageToken=${pageToken}`);
    found.push(...(page.bookings ?? []));
    pageToken = page.nextPageToken;
    if (!pageToken) return found.filter((one) => one.schoolClass === schoolClass);
  }
};

// Another teacher of the same school.
export async function colleague() {
  const username = `colleague-${randomUUID().slice(0, 8)}`;
  const made = { username, password: `Aa1-${randomUUID()}` };
  const answer = await fetch(`${url}/v1/users:register`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }, body: JSON.stringify({ userName: username, password: made.password, displayName: '演示·同事' }) });
  assert(answer.ok, await answer.clone().text());
  await call('demo-city', 'POST', `${(await answer.json()).name}:grantRole`, { role: 'teacher', on: school });
  return made;
}

// Sessions of the demo that a class can book at once, with many free places: none that a round or an opening has.
export async function sessions(event = 'week-magnet-class', heads = 45) {
  const { sessions: all } = await call(teacher, 'GET', `events/${event}/sessions?pageSize=100`);
  const { openings = [] } = await call(teacher, 'GET', 'openings?pageSize=100');
  const taken = new Set(openings.filter(({ state }) => !['ENDED', 'CANCELLED'].includes(state)).flatMap((one) => one.sessions ?? []));
  const free = ({ pools }) => pools.every((pool) => (pool.free ?? 0) >= heads);
  return all.filter((one) => one.state === 'SCHEDULED' && new Date(one.startTime) > new Date() && !one.round && !taken.has(one.name) && free(one));
}
// A booking made by the API, for pages that are about what comes after.
export async function book(more = {}) {
  const [session] = (await sessions()).reverse();
  assert(session, 'no session with enough places is left');
  return call(teacher, 'POST', `${session.name}/bookings`, { kind: 'SCHOOL', school, grade: '5', schoolClass: freshClass(), party: { pupils: 20, adults: 1 }, needs: { buses: 1 }, ...more });
}
// The address of a booking's page.
export const pageOf = (booking, rest = '') => {
  const [, event, , session, , id] = booking.split('/');
  return `/school/bookings/${event}/${session}/${id}${rest}`;
};
