// What is not one's own looks exactly like what is not there: every GET of the document is asked for things of others and for
// things that never were, as somebody who has nothing to do with them. Status and body must be the same but for the name.
// Reads that everybody may make are left out: nobody needs a login for them.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { account, url } from './browser.mjs';

const login = async (userName) => {
  const answer = await fetch(`${url}/v1/users:login`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ userName, password: account(userName).password }),
  });
  assert.equal(answer.status, 200);
  return (await answer.json()).token;
};
const ask = async (token, path, body) => {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const init = body === undefined ? { headers } : {
    method: 'POST', headers: { ...headers, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }, body: JSON.stringify(body),
  };
  // The limits of an address are for others to test.
  for (;;) {
    const answer = await fetch(`${url}/v1/${path}`, init);
    const text = await answer.text();
    if (answer.status !== 429) return { status: answer.status, text, json: text ? JSON.parse(text) : undefined };
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(answer.headers.get('retry-after') ?? 1)));
  }
};
const made = async (token, path, body) => {
  const answer = await ask(token, path, body);
  assert.equal(answer.status, 200, `${path}: ${answer.text}`);
  return answer.json;
};

let tokens, things, routes;
before(async () => {
  tokens = {};
  for (const name of ['demo-teacher-1', 'demo-teacher-2', 'demo-volunteer-1', 'demo-volunteer-2', 'demo-museum', 'demo-city']) tokens[name] = await login(name);
  const teacher = tokens['demo-teacher-1'];
  const volunteer = tokens['demo-volunteer-1'];
  const soon = (await made(undefined, 'events/week-magnet-class/sessions')).sessions;
  const booking = await made(teacher, `${soon.at(-1).name}/bookings`, { kind: 'SCHOOL', grade: '5', schoolClass: `h-${randomUUID().slice(0, 6)}`, party: { pupils: 30, adults: 2 } });
  const day = await made(teacher, 'visitDays', {
    venues: ['venues/cqstm'], date: { year: 2027, month: 4, day: 14 }, day: { startMinute: 570, endMinute: 720 },
    classes: [{ id: '5-9', grade: '5', pupils: 30, adults: 2 }], courses: [{ id: 'magnets', minutes: 45 }], rooms: [{ name: 'venues/cqstm/spaces/classroom-1', capacity: 45 }],
  });
  const me = await made(volunteer, 'volunteers/me');
  const user = (await made(volunteer, 'users/me')).name;
  const feed = await made(volunteer, 'users/me/feeds', { resource: 'volunteers/me' });
  const found = (await made(volunteer, 'shifts:find')).shifts ?? [];
  things = [
    { name: booking.name, by: 'demo-teacher-2' }, { name: day.name, by: 'demo-teacher-2' }, { name: 'schools/liangjiang-boya-k', by: 'demo-teacher-2' },
    { name: me.name, by: 'demo-volunteer-2' }, { name: user, by: 'demo-volunteer-2' }, { name: feed.name, by: 'demo-volunteer-2' },
  ];
  if (found.length) {
    const shift = found[0].shift?.name ?? found[0].name;
    const signup = await ask(volunteer, `${shift}:signUp`, {});
    if (signup.status === 200) things.push({ name: signup.json.name, by: 'demo-volunteer-2' });
  }
  const document = await (await fetch(`${url}/openapi.json`)).json();
  routes = Object.entries(document.paths).filter(([, verbs]) => verbs.get).map(([path]) => path.replace(/^\/v1\//, ''));
});

// Surely not there: ids that services make look otherwise.
const absentOf = (name) => name.replace(/[^/]+$/, 'never-was-there');
// Paths of the document under which a name can stand: "visitDays/{visitDay}" and "visitDays/{visitDay}/changes".
const pathsOf = (name) => {
  const parts = name.split('/');
  return routes.flatMap((route) => {
    const [plain, verb = ''] = route.split(/:(?=[a-zA-Z]+$)/);
    const segments = plain.split('/');
    const fits = parts.every((part, place) => segments[place] !== undefined && (segments[place].startsWith('{') ? place % 2 === 1 : segments[place] === part));
    const rest = segments.slice(parts.length);
    if (!fits || rest.some((segment) => segment.startsWith('{'))) return [];
    return [(one) => [one, ...rest].join('/') + (verb ? `:${verb}` : '')];
  });
};

test('what is foreign answers as what is not there', async () => {
  const problems = [];
  let asked = 0;
  for (const { name, by } of things) {
    const absent = absentOf(name);
    for (const path of pathsOf(name)) {
      if (/:watch$/.test(path(name)) || (await ask(undefined, path(name))).status === 200) continue;
      const [foreign, none] = [await ask(tokens[by], path(name)), await ask(tokens[by], path(absent))];
      asked += 1;
      const same = foreign.status === none.status && foreign.text.replaceAll(name, '*').replaceAll(name.split('/').at(-1), '*') === none.text.replaceAll(absent, '*').replaceAll(absent.split('/').at(-1), '*');
      if (!same) problems.push(`${path(name)}: ${foreign.status} ${foreign.text.slice(0, 200)} / absent ${none.status} ${none.text.slice(0, 200)}`);
    }
  }
  assert.deepEqual(problems, []);
  assert(asked >= 25, `only ${asked} reads`);
});
