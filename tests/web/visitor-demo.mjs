// What the tests of visitors' pages need in the demo city: an event of these days with sessions to book. Made by the API as
// staff of a museum.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { account, url } from './browser.mjs';

const tokens = new Map();
export async function tokenOf(userName, password = account(userName).password) {
  if (!tokens.has(userName)) {
    const answer = await fetch(`${url}/v1/users:login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ userName, password }) });
    assert.equal(answer.status, 200, await answer.clone().text());
    tokens.set(userName, (await answer.json()).token);
  }
  return tokens.get(userName);
}

// `as` is a token; nobody without one.
export async function call(path, { as, body, method = body ? 'POST' : 'GET', refused = false } = {}) {
  const headers = { ...(as ? { Authorization: `Bearer ${as}` } : {}), ...(body ? { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() } : {}) };
  const answer = await fetch(`${url}/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const said = await answer.json();
  if (!refused) assert.equal(answer.status, 200, `${path}: ${JSON.stringify(said)}`);
  return said;
}

const day = (offset) => new Date(Date.now() + 8 * 3600e3 + offset * 86400e3).toISOString().slice(0, 10);
const civil = (date) => date.split('-').map(Number);

// The next days on which the venue is open from ten to four, tomorrow at the earliest.
export async function openDays(venue, count = 3) {
  const [firstYear, firstMonth, firstDay] = civil(day(1));
  const [lastYear, lastMonth, lastDay] = civil(day(6));
  const { days } = await call(`${venue}/opening?firstDate.year=${firstYear}&firstDate.month=${firstMonth}&firstDate.day=${firstDay}&lastDate.year=${lastYear}&lastDate.month=${lastMonth}&lastDate.day=${lastDay}`);
  const open = days.filter((one) => one.open).map(({ date }) => `${date.year}-${String(date.month).padStart(2, '0')}-${String(date.day).padStart(2, '0')}`);
  assert(open.length >= count, `${venue} is open on ${open.length} days only`);
  return open.slice(0, count);
}
export const at = (date, time) => new Date(`${date}T${time}:00+08:00`).toISOString();

// A published event of these days.
export async function makeEvent(zh, en, more = {}) {
  const as = await tokenOf('demo-museum');
  return call('events?publish=true', {
    as,
    body: {
      displayName: { zh, en }, description: { zh: '动手做一做，和家人一起探索。', en: 'Try it out with your family.' }, kind: 'WORKSHOP', place: 'venues/cqstm', startTime: at(day(0), '00:00'), endTime: at(day(20), '18:00'), mode: 'EVENT_MODE_ONSITE', form: 'EVENT_FORM_FAMILY_EXPERIENCE',
      themes: ['THEME_INNOVATION'], targetGroups: ['TARGET_GROUP_MINORS', 'TARGET_GROUP_RESIDENTS'], subject: 'SUBJECT_NATURAL', topics: ['robots'], interaction: 'INTERACTION_HANDS_ON', district: 'districts/liangjiang', leadUnit: 'organizations/cqstm-museum', ...more,
    },
  });
}
export async function makeSession(event, date, capacity, { start = '14:00', end = '15:00', ...more } = {}) {
  return call(`${event}/sessions`, { as: await tokenOf('demo-museum'), body: { place: 'venues/cqstm', startTime: at(date, start), endTime: at(date, end), pools: [{ id: 'all', capacity }], ...more } });
}
export const placesOf = async (session) => (await call(session)).pools[0];
