// What the pages of offices show beside the demo city: an application for a title, one that is registered, a draft of a
// campaign and a term round. What is there already is not made again.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { account, url } from './browser.mjs';
import { until } from './office_acts.mjs';

// As a program would, with a token: the context of the page has its own login. One for each user: so many logins at once end
// the oldest, which is the page's.
const tokens = new Map();
async function post(user, path, data) {
  const send = async (to, headers, body) => {
    const answer = await fetch(`${url}/v1/${to}`, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return JSON.parse(text);
  };
  if (!tokens.has(user)) tokens.set(user, (await send('users:login', {}, { userName: user, password: account(user).password })).token);
  return send(path, { Authorization: `Bearer ${tokens.get(user)}`, 'Idempotency-Key': randomUUID() }, data);
}
const day = (days) => new Date(Math.floor(Date.now() / 86400e3 + days) * 86400e3).toISOString();

let filled;
export const fill = (context) =>
  (filled ??= (async () => {
    const list = async (path) => (await context.request.get(`${url}/v1/${path}`)).json();
    const { titles } = await list('titles?pageSize=100');
    const title = titles.find(({ holder, state }) => holder === 'venues/cqstm' && !['REJECTED', 'WITHDRAWN', 'REVOKED', 'EXPIRED'].includes(state)) ??
      (await post('demo-museum', 'titles:apply', { title: { holder: 'venues/cqstm', kind: 'SCIENCE_BASE', level: 'TITLE_LEVEL_DISTRICT', category: 'BASE_CATEGORY_VENUE', statement: '全年开放，节假日不休，设有面向中小学的课程。', criteria: [{ code: 'staff', requirement: '有专职科普人员', evidence: '专职讲解员 26 人' }] } }));
    if (!titles.some(({ holder }) => holder === 'venues/cqnhm'))
      await post('demo-city', 'titles:register', { title: { holder: 'venues/cqnhm', kind: 'SCIENCE_BASE', level: 'TITLE_LEVEL_MUNICIPAL', category: 'BASE_CATEGORY_VENUE' }, source: '渝科委发〔2024〕18 号' });
    const { rounds } = await list('rounds');
    if (!rounds.length)
      await post('demo-city', 'rounds', { displayName: { zh: '春季学期馆校课程', en: 'Lessons of the spring term' }, programmes: ['programmes/magnets'], startTime: day(90), endTime: day(200), wishOpenTime: day(5), wishCloseTime: day(20) });
    const { campaigns } = await list('campaigns?state=DRAFT&pageSize=1');
    return { title: title.name.split('/')[1], campaign: campaigns[0]?.name.split('/')[1] };
  })());

// A round whose lots are drawn: with the first wishes or without any, its results can be looked at.
let drawn;
export const drawnRound = (context) =>
  (drawn ??= (async () => {
    const of = async (state) => (await (await context.request.get(`${url}/v1/rounds?pageSize=100`)).json()).rounds.find((one) => one.state === state)?.displayName.zh;
    const there = await of('DRAWN');
    if (there) return there;
    const close = Date.now() + 5000;
    const { name } = await post('demo-city', 'rounds', {
      displayName: { zh: '秋季学期馆校课程', en: 'Lessons of the autumn term' }, programmes: ['programmes/magnets'], startTime: day(120), endTime: day(200),
      wishOpenTime: new Date(Date.now() - 60_000).toISOString(), wishCloseTime: new Date(close).toISOString(),
    });
    await post('demo-city', `${name}:open`, {});
    await new Promise((resolve) => setTimeout(resolve, close + 1000 - Date.now()));
    await post('demo-city', `${name}:draw`, {});
    return until('the round is drawn', () => of('DRAWN'));
  })());

// Requests that nobody answered yet: two more where earlier runs took them all.
export async function openRequests(context) {
  const list = async (query) => (await (await context.request.get(`${url}/v1/stopRequests?${query}pageSize=100`)).json()).stopRequests;
  const open = await list('state=OPEN&');
  if (open.length > 1) return open;
  for (const { requester, host, district, location, place, heads, classes, wishedDates, site, hostAdult } of (await list('')).slice(0, 2))
    await post('demo-city', 'stopRequests', { requester, host, district, location, place, heads, classes, wishedDates, site, hostAdult });
  return list('state=OPEN&');
}
