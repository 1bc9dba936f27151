// Teams and their leaders, and an absence that should not count.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, launch, open, shot, visit } from './browser.mjs';
import { call, freshVolunteer, makeShift, minutes, signInAs } from './volunteer.setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

async function phoneOf(who) {
  const context = await open(browser, { screen: 'phone' });
  await signInAs(context, who);
  return { context, page: await context.newPage() };
}
const button = (scope, name) => scope.getByRole('button', { name });
const idOf = (name) => name.split('/')[1];
async function end({ context }) {
  assertClean(context);
  await context.close();
}

test('somebody asks to be in a team; its leader sees them, and lets them in', async () => {
  const [leader, who] = [await freshVolunteer(), await freshVolunteer()];
  await call('demo-city', 'POST', 'teams', { displayName: { zh: '重庆市科普志愿者总队', en: 'Science volunteers of Chongqing' }, level: 'CORPS', type: 'GENERAL' }, 0);
  const title = `讲解大队 ${Date.now().toString(36)}`;
  const { user } = await call('demo-city', 'GET', leader.name);
  const team = await call('demo-city', 'POST', 'teams', { displayName: { zh: title, en: title }, level: 'TEAM', type: 'COMMUNITY', parent: 'teams/corps', district: 'districts/liangjiang', leaders: [user] });
  const [one, other] = [await phoneOf(who), await phoneOf(leader)];
  await visit(one.page, '/volunteer/teams');
  assert.equal(await one.page.getByRole('heading', { name: '我带的队伍' }).count(), 0, 'who leads no team sees no members');
  await button(one.page.getByRole('listitem').filter({ hasText: title }), '申请加入').click();
  await one.page.getByText('申请已提交').waitFor();

  await visit(other.page, '/volunteer/teams');
  const mine = other.page.getByRole('region', { name: title });
  const line = mine.getByRole('listitem').filter({ hasText: idOf(who.name) });
  await line.getByText('申请中').waitFor();
  await assertAccessible(other.page, 'members of a team');
  await button(line, '同意入队').click();
  await line.getByText('队员', { exact: true }).waitFor();
  await shot(other.page, 'volunteer-job-team');
  const { members } = await call('demo-city', 'GET', `${team.name}/members`);
  assert.deepEqual(members.map(({ volunteer, state }) => [volunteer, state]), [[who.name, 'MEMBER']]);
  await visit(one.page, '/volunteer/teams');
  await one.page.getByRole('region', { name: '我的队伍' }).getByText(title, { exact: true }).waitFor();
  await end(one);
  await end(other);
});

test('a member asks to move to another team: the one lets go, the other takes in', async () => {
  const [from, to, who] = [await freshVolunteer(), await freshVolunteer(), await freshVolunteer()];
  await call('demo-city', 'POST', 'teams', { displayName: { zh: '重庆市科普志愿者总队', en: 'Science volunteers of Chongqing' }, level: 'CORPS', type: 'GENERAL' }, 0);
  const stamp = Date.now().toString(36);
  const make = async (title, leader) => {
    const { user } = await call('demo-city', 'GET', leader.name);
    return call('demo-city', 'POST', 'teams', { displayName: { zh: title, en: title }, level: 'TEAM', type: 'COMMUNITY', parent: 'teams/corps', district: 'districts/liangjiang', leaders: [user] });
  };
  const [oldTitle, newTitle] = [`东区大队 ${stamp}`, `西区大队 ${stamp}`];
  const [old, next] = [await make(oldTitle, from), await make(newTitle, to)];
  const applied = await call(who, 'POST', `${old.name}:apply`, {});
  await call('demo-city', 'POST', `${applied.name}:approve`, {});

  const [one, giver, taker] = [await phoneOf(who), await phoneOf(from), await phoneOf(to)];
  await visit(one.page, '/volunteer/teams');
  await button(one.page.getByRole('listitem').filter({ hasText: newTitle }), '申请调入').click();
  await one.page.getByText('申请已提交').waitFor();
  const lineOf = (page, title) => page.getByRole('region', { name: title }).getByRole('listitem').filter({ hasText: idOf(who.name) });
  await visit(giver.page, '/volunteer/teams');
  await lineOf(giver.page, oldTitle).getByText('调队中').waitFor();
  await button(lineOf(giver.page, oldTitle), '同意调出').click();
  await giver.page.getByText('已同意调出').waitFor();
  await visit(taker.page, '/volunteer/teams');
  await button(lineOf(taker.page, newTitle), '接收').click();
  await taker.page.getByText('已接收').waitFor();
  const membersOf = async (team) => (await call('demo-city', 'GET', `${team.name}/members`)).members ?? [];
  assert.deepEqual((await membersOf(next)).map(({ volunteer, state }) => [volunteer, state]), [[who.name, 'MEMBER']]);
  assert.deepEqual((await membersOf(old)).filter(({ state }) => state === 'MEMBER'), []);
  await visit(one.page, '/volunteer/teams');
  await one.page.getByRole('region', { name: '我的队伍' }).getByText(newTitle, { exact: true }).waitFor();
  for (const phone of [one, giver, taker]) await end(phone);
});

test('a mark of absence is appealed with a reason, and the answer is shown', async () => {
  const who = await freshVolunteer();
  const shift = await makeShift(4000, minutes(30), 2);
  await call(who, 'POST', `${shift.name}:signUp`, {});
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(shift.startTime) + 500 - Date.now())));
  await call('demo-museum', 'POST', `${shift.name}/signups/${idOf(who.name)}:markNoShow`, { reason: '未到岗' });
  const absences = async () => (await call(who, 'GET', 'volunteers/me/absences')).absences ?? [];
  for (let tries = 0; tries < 60 && (await absences()).length === 0; tries += 1) await new Promise((resolve) => setTimeout(resolve, 250));
  const one = await phoneOf(who);
  await visit(one.page, '/volunteer/honours');
  await button(one.page, /申诉/).click();
  const dialog = one.page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('地铁停运，已电话说明');
  await assertAccessible(one.page, 'appealing an absence');
  await dialog.locator('button[type=submit]').click();
  await one.page.getByText(/地铁停运/).waitFor();
  const [absence] = await absences();
  assert.deepEqual([absence.state, absence.appealReason], ['APPEALED', '地铁停运，已电话说明']);
  await call('demo-city', 'POST', `${absence.name}:decideAppeal`, { granted: true, reason: '情况属实' });
  await visit(one.page, '/volunteer/honours');
  await one.page.getByText(/情况属实/).waitFor();
  await shot(one.page, 'volunteer-job-appeal');
  await end(one);
});
