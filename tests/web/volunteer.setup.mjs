// What pages and jobs of volunteers need of a running kepu: people who are free, shifts that begin soon, hours in a ledger, a
// certificate. All of it is done by the API, as coordinators do it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { account, url } from './browser.mjs';

const tokens = new Map();
async function tokenOf({ username, password }) {
  if (!tokens.has(username)) {
    const answer = await fetch(`${url}/v1/users:login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ userName: username, password }) });
    assert.equal(answer.status, 200, await answer.clone().text());
    tokens.set(username, (await answer.json()).token);
  }
  return tokens.get(username);
}

// Calls as somebody: a name of the demo or an account that `freshVolunteer` made.
export async function call(who, method, path, body, expected = 200) {
  const token = await tokenOf(typeof who === 'string' ? account(who) : who);
  const answer = await fetch(`${url}/v1/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (expected) assert.equal(answer.status, expected, `${method} ${path}: ${text}`);
  return JSON.parse(text || '{}');
}

export const place = 'venues/cqstm';
const time = (milliseconds) => new Date(Date.now() + milliseconds).toISOString();
export const minutes = (count) => count * 60e3;

export const makeShift = (startIn, lasts, needed, role = {}) =>
  call('demo-museum', 'POST', 'shifts', { place, startTime: time(startIn), endTime: time(startIn + lasts), needed, role: { zh: '签到演练', en: 'Check-in drill' }, ...role });

let made = 0;
// A user of their own, who is a volunteer unless it is said otherwise.
export async function freshVolunteer({ registered = true } = {}) {
  made += 1;
  const who = { username: `web-${Date.now().toString(36)}-${made}`, password: `Kepu-${randomUUID()}` };
  const answer = await fetch(`${url}/v1/users:register`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }, body: JSON.stringify({ userName: who.username, password: who.password, displayName: '李演示' }) });
  assert.equal(answer.status, 200, await answer.clone().text());
  if (registered) who.name = (await call(who, 'POST', 'volunteers:register', { volunteer: { birthYearBand: 1990, district: 'districts/liangjiang', languages: ['zh', 'en'] } })).name;
  return who;
}

export async function signInAs(context, { username, password }) {
  const answer = await context.request.post(`${url}/v1/sessions:login`, { headers: { Origin: url }, data: { userName: username, password } });
  assert.equal(answer.status(), 200, await answer.text());
}

export const presenceCode = async () => (await call('demo-museum', 'GET', `presenceCodes?place=${place}&minutes=1`)).codes.filter(({ startTime }) => Date.parse(startTime) <= Date.now()).at(-1).code;

const until = async (read, good) => {
  for (let tries = 0; tries < 60; tries += 1) {
    const value = await read();
    if (good(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return assert.fail('what was waited for did not come');
};

// Two hours in the ledger: entered by one member of staff and approved by another, of a shift that really ran longer than planned.
export async function recordHours(volunteer) {
  const shift = await makeShift(1500, 2000, 1);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  await call('demo-museum', 'POST', `${shift.name}:setActualTimes`, { startTime: time(-minutes(125)), endTime: time(-1000) });
  const signup = await call('demo-museum', 'POST', `${shift.name}:enterLateHours`, { volunteer, startTime: time(-minutes(122)), endTime: time(-1000), reason: '临时帮忙，事后补录' });
  await call('demo-staff', 'POST', `${signup.name}:approveHours`, {});
  await until(() => call('demo-museum', 'GET', `${volunteer}/hourRecords`), ({ hourRecords }) => hourRecords.length > 0);
  return signup;
}

export async function issueCertificate(who) {
  const today = new Date(Date.now() + 8 * 3600e3);
  const date = (year, month, day) => ({ year, month, day });
  const applied = await call(who, 'POST', 'certificates', {
    kind: 'SERVICE', volunteer: 'volunteers/me', issuer: place, displayName: '李演示',
    firstDay: date(today.getUTCFullYear(), 1, 1), lastDay: date(today.getUTCFullYear(), today.getUTCMonth() + 1, today.getUTCDate()),
  });
  await call('demo-museum', 'POST', `${applied.name}:issue`, { issuerTitle: { zh: '重庆科技馆', en: 'Chongqing Science and Technology Museum' } });
  return call(who, 'GET', applied.name);
}

// Something on every page of demo-volunteer-1, once: a shift to check in to, hours, a certificate, a training, a team.
let filling;
async function fill() {
  const me = 'demo-volunteer-1';
  const { name } = await call(me, 'GET', 'volunteers/me');
  const { hourRecords } = await call(me, 'GET', 'volunteers/me/hourRecords');
  if (hourRecords.length > 0) return;
  await recordHours(name);
  await issueCertificate(me);
  const soon = await makeShift(minutes(45), minutes(60), 3);
  await call(me, 'POST', `${soon.name}:signUp`, {}, 0);
  const asked = await makeShift(minutes(60 * 24 * 5), minutes(120), 2, { signUpMode: 'APPROVAL' });
  await call(me, 'POST', `${asked.name}:signUp`, {}, 0);
  const invited = await makeShift(minutes(60 * 24 * 6), minutes(120), 2, { signUpMode: 'INVITATION' });
  await call('demo-museum', 'POST', `${invited.name}:invite`, { volunteer: name });
  const course = await call('demo-city', 'POST', 'courses', { title: { zh: '展厅讲解入门', en: 'Explaining in the halls' }, description: { zh: '讲解方法、观众沟通和安全须知', en: 'How to explain, how to talk with visitors, and safety' }, level: 1, audience: ['DOCENT', 'VOLUNTEER'], hours: 4, validityMonths: 24 });
  await call('demo-museum', 'POST', `${course.name}/sessions`, { place, startTime: time(minutes(60 * 24 * 7)), endTime: time(minutes(60 * 24 * 7 + 240)), capacity: 20 });
  await call('demo-city', 'POST', 'teams', { displayName: { zh: '重庆市科普志愿者总队', en: 'Science volunteers of Chongqing' }, level: 'CORPS', type: 'GENERAL' }, 0);
  await call('demo-city', 'POST', 'teams', { displayName: { zh: '两江新区支队', en: 'Liangjiang detachment' }, level: 'DETACHMENT', type: 'GENERAL', parent: 'teams/corps', district: 'districts/liangjiang' }, 0);
}
export const filled = (path) => async () => {
  await (filling ??= fill());
  return path;
};
