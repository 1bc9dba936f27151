// Jobs of volunteers beside taking a shift: a minor whose guardian consents on paper, leaving too late, a swap that is declined,
// hours that are not right, a training that a shift asks for, the times when one can serve, and a phone whose clock is wrong.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, launch, open, shot, signIn, url, visit } from './browser.mjs';
import { call, freshVolunteer, makeShift, minutes, place, presenceCode, recordHours, signInAs } from './volunteer.setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

async function phoneOf(who) {
  const context = await open(browser, { screen: 'phone', permissions: ['clipboard-read', 'clipboard-write'] });
  await (typeof who === 'string' ? signIn(context, who) : signInAs(context, who));
  return { context, page: await context.newPage() };
}
const done = async ({ context }) => {
  assertClean(context);
  await context.close();
};
const button = (scope, name) => scope.getByRole('button', { name });
const idOf = (name) => name.slice(name.lastIndexOf('/') + 1);
const shiftPage = (shift) => `/volunteer/shifts/${idOf(shift.name)}`;
const day = 60 * 24;
const yearsAgo = (years) => `${new Date().getUTCFullYear() - years}-01-15`;
// Noon of the city, some days on: a time when minors may serve.
const noonIn = (days) => {
  const then = new Date(Date.now() + 8 * 3600e3 + days * 86400e3);
  return Date.UTC(then.getUTCFullYear(), then.getUTCMonth(), then.getUTCDate(), 4) - Date.now();
};

test('a minor registers, the guardian signs, the paper is recorded, and the minor takes a shift until it is withdrawn', async () => {
  const who = await freshVolunteer({ registered: false });
  const shift = await makeShift(noonIn(9), minutes(60), 3, { requirements: { junior: true } });
  const minor = await phoneOf(who);
  await visit(minor.page, '/volunteer');
  await minor.page.getByLabel('常住区县').selectOption('districts/liangjiang');
  await minor.page.getByLabel('更晚').check();
  await minor.page.getByLabel('出生日期').fill(yearsAgo(16));
  await minor.page.getByText('未满 18 周岁，需要监护人同意后才能报名').waitFor();
  await button(minor.page, '登记').click();
  await minor.page.getByRole('link', { name: '监护人同意' }).click();
  const address = await minor.page.getByLabel('把这个地址发给志愿者组织').inputValue();
  await button(minor.page, '复制').click();
  assert.equal(await minor.page.evaluate(() => navigator.clipboard.readText()), address);
  const number = (await minor.page.locator('[data-number]').innerText()).trim();
  await assertAccessible(minor.page, 'the paper of a consent');
  await minor.page.emulateMedia({ media: 'print' });
  assert.equal(await minor.page.getByText('怎样办理').isVisible(), false, 'only the paper is printed');
  assert(await minor.page.getByRole('heading', { name: '监护人同意书' }).isVisible());
  await shot(minor.page, 'volunteer-job-consent-print');
  await minor.page.emulateMedia({ media: null });

  await visit(minor.page, shiftPage(shift));
  await button(minor.page.locator('section[aria-labelledby=take-shift]'), '报名').click();
  await minor.page.getByRole('alert').filter({ hasText: '监护人' }).waitFor();

  const office = await phoneOf('demo-city');
  await visit(office.page, address.slice(url.length));
  await office.page.getByText('还没有有效的监护人同意').waitFor();
  await office.page.getByLabel('监护人姓名').fill('示例家长');
  await office.page.getByLabel('联系电话').fill('13800000000');
  await assertAccessible(office.page, 'recording a consent');
  await button(office.page, '登记同意').click();
  await office.page.getByText(/已登记，有效至/).waitFor();
  await shot(office.page, 'volunteer-job-consent-record');
  const [consent] = (await call('demo-city', 'GET', `volunteers/${number}/consents`)).consents;
  assert.deepEqual([consent.guardianName, consent.scopes, consent.textVersion], ['示例家长', ['CONSENT_TO_SERVICE', 'CONSENT_TO_DATA'], '2026-1']);
  await office.page.getByLabel('志愿者号').fill('nobody-of-this-number');
  await office.page.getByText('没有找到这位志愿者').waitFor();

  await visit(minor.page, shiftPage(shift));
  await button(minor.page.locator('section[aria-labelledby=take-shift]'), '报名').click();
  await minor.page.getByText('报名成功').waitFor();
  await visit(minor.page, '/volunteer/guardian');
  await minor.page.getByText(/监护人同意有效至/).waitFor();
  await button(minor.page, '撤回同意').click();
  await button(minor.page.getByRole('dialog'), '撤回同意').click();
  await minor.page.getByText('已撤回同意').waitFor();
  const signup = async () => (await call(who, 'GET', `${shift.name}/signups/${number}`)).state;
  for (let tries = 0; (await signup()) === 'SIGNED_UP' && tries < 40; tries += 1) await new Promise((resolve) => setTimeout(resolve, 250));
  assert.notEqual(await signup(), 'SIGNED_UP', 'what no consent covers is given up');
  await done(minor);
  await done(office);
});

test('leaving within a day of the start wants a reason, and says what it costs', async () => {
  const who = await freshVolunteer();
  const shift = await makeShift(minutes(90), minutes(60), 2);
  await call(who, 'POST', `${shift.name}:signUp`, {});
  const phone = await phoneOf(who);
  await visit(phone.page, shiftPage(shift));
  await button(phone.page, '退出班次').click();
  const dialog = phone.page.getByRole('dialog');
  await dialog.getByText(/已过自由退出时间.*记半次缺席/).waitFor();
  await button(dialog, '确认退出').click();
  assert.equal((await call(who, 'GET', `${shift.name}/signups/${idOf(who.name)}`)).state, 'SIGNED_UP', 'not without a reason');
  await dialog.getByLabel('退出原因').fill('孩子发烧');
  await button(dialog, '确认退出').click();
  await phone.page.getByText('已退出班次').waitFor();
  assert.equal((await call(who, 'GET', `${shift.name}/signups/${idOf(who.name)}`)).state, 'WITHDRAWN');
  await done(phone);
});

test('a swap that is declined leaves both as they were', async () => {
  const [giver, taker] = [await freshVolunteer(), await freshVolunteer()];
  const shift = await makeShift(minutes(day * 4), minutes(60), 1);
  await call(giver, 'POST', `${shift.name}:signUp`, {});
  const [from, to] = [await phoneOf(giver), await phoneOf(taker)];
  await visit(from.page, shiftPage(shift));
  await from.page.getByText('转让或换班').click();
  await from.page.getByLabel('对方的志愿者号').fill(idOf(taker.name));
  await button(from.page, '发出').click();
  await from.page.getByText('已发出，等对方答复').waitFor();
  await visit(to.page, '/volunteer');
  await button(to.page.locator('[data-ask=swap]'), '婉拒').click();
  await to.page.getByText('已答复').waitFor();
  assert.equal((await call(giver, 'GET', `${shift.name}/signups/${idOf(giver.name)}`)).state, 'SIGNED_UP');
  await visit(from.page, shiftPage(shift));
  await from.page.getByText('转让或换班').click();
  await from.page.getByLabel('对方的志愿者号').waitFor();
  await done(from);
  await done(to);
});

test('hours say how they were counted; a correction is asked for, agreed, and stands in the ledger with its reason', async () => {
  const who = await freshVolunteer();
  const signup = await recordHours(who.name);
  const phone = await phoneOf(who);
  await visit(phone.page, '/volunteer/hours');
  await button(phone.page, /怎么算|计算/).first().click();
  const dialog = phone.page.getByRole('dialog');
  await dialog.getByText('时长不对？申请更正').click();
  await dialog.getByLabel('应计时长（小时）').fill('3');
  await dialog.getByLabel('理由').fill('布展提前开始，签到晚了');
  await button(dialog, '提交').click();
  await dialog.getByText(/154/).waitFor();
  await assertAccessible(phone.page, 'asking for more than the shift had');
  await dialog.getByLabel('应计时长（小时）').fill('2.5');
  await button(dialog, '提交').click();
  await phone.page.getByText('已提交，等场馆答复').waitFor();
  await call('demo-museum', 'POST', `${signup.name}:decideCorrection`, { agree: true });
  const records = async () => (await call(who, 'GET', 'volunteers/me/hourRecords')).hourRecords;
  for (let tries = 0; (await records()).length < 2 && tries < 40; tries += 1) await new Promise((resolve) => setTimeout(resolve, 250));
  assert.equal((await records()).reduce((sum, { minutes: count }) => sum + count, 0), 150);
  await visit(phone.page, '/volunteer/hours');
  await phone.page.getByText('布展提前开始，签到晚了').waitFor();
  await phone.page.getByText('2.5 小时').first().waitFor();
  await shot(phone.page, 'volunteer-job-hours');
  await done(phone);
});

test('a shift asks for a training: it is joined, passed, and then the shift can be taken', async () => {
  const who = await freshVolunteer();
  const title = `安全讲解 ${Date.now().toString(36)}`;
  const course = await call('demo-city', 'POST', 'courses', { title: { zh: title }, level: 1, audience: ['VOLUNTEER'], hours: 2, validityMonths: 12 });
  const session = await call('demo-museum', 'POST', `${course.name}/sessions`, { place, startTime: new Date(Date.now() + 8000).toISOString(), endTime: new Date(Date.now() + 9000).toISOString(), capacity: 5 });
  const shift = await makeShift(minutes(day * 6), minutes(60), 2, { requirements: { courses: [course.name] } });
  const phone = await phoneOf(who);
  await visit(phone.page, '/volunteer/trainings');
  await button(phone.page.locator('article').filter({ hasText: title }), /^报名/).click();
  await phone.page.getByText('培训报名成功').waitFor();
  await visit(phone.page, shiftPage(shift));
  await phone.page.getByText(title).first().waitFor();
  await button(phone.page.locator('section[aria-labelledby=take-shift]'), '报名').click();
  await phone.page.getByRole('alert').filter({ hasText: `请先完成培训“${title}”` }).waitFor();

  await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(session.endTime) + 500 - Date.now())));
  const [participant] = (await call('demo-museum', 'GET', `${session.name}/participants`)).participants;
  await call('demo-museum', 'POST', `${participant.name}:mark`, { state: 'PASSED' });
  // What was passed is worked out a moment later.
  for (let tries = 0; tries < 60 && !(await call(who, 'GET', 'volunteers/me/qualifications')).qualifications?.length; tries += 1) await new Promise((resolve) => setTimeout(resolve, 250));
  await visit(phone.page, '/volunteer/trainings');
  await phone.page.getByRole('region', { name: '我的资格' }).getByText(title).waitFor();
  await visit(phone.page, shiftPage(shift));
  await button(phone.page.locator('section[aria-labelledby=take-shift]'), '报名').click();
  await phone.page.getByText('报名成功').waitFor();
  await done(phone);
});

test('the times when one can serve are kept', async () => {
  const who = await freshVolunteer();
  const phone = await phoneOf(who);
  await visit(phone.page, '/volunteer/me');
  const part = phone.page.getByRole('region', { name: '可服务时间' });
  await part.getByLabel('负责人缺人时可以考虑我').check();
  await part.getByLabel('星期六').check();
  await part.getByLabel('每周最多几个班次').fill('2');
  await button(part, '保存').click();
  await phone.page.getByText('已保存').waitFor();
  await visit(phone.page, '/volunteer/me');
  assert(await phone.page.getByLabel('星期六').isChecked());
  assert.equal(await phone.page.getByLabel('星期日').isChecked(), false);
  assert.equal(await phone.page.getByLabel('每周最多几个班次').inputValue(), '2');
  await done(phone);
});

test('a phone whose clock is wrong is told, and what it notes is right, with and without a network', async () => {
  const who = await freshVolunteer();
  const shift = await makeShift(minutes(20), minutes(60), 2);
  await call(who, 'POST', `${shift.name}:signUp`, {});
  const phone = await phoneOf(who);
  await phone.page.clock.install({ time: Date.now() + minutes(12) });
  await visit(phone.page, '/volunteer/check');
  await phone.page.getByText('手机时间快了约 12 分钟').waitFor();
  const form = phone.page.locator(`[data-shift=${idOf(shift.name)}]`);
  const code = await presenceCode();
  await phone.context.setOffline(true);
  await phone.page.getByText(/没有网络也能签到/).waitFor();
  await form.getByLabel('现场码').fill(code);
  await button(form, '签到').click();
  await phone.page.getByText(/已记下签到/).waitFor();
  await phone.context.setOffline(false);
  await phone.page.getByText('已上传 1 条').waitFor();
  const came = await call(who, 'GET', `${shift.name}/signups/${idOf(who.name)}`);
  assert.equal(came.state, 'CHECKED_IN');
  assert(Math.abs(Date.parse(came.presence[0].time) - Date.now()) < minutes(1), JSON.stringify(came.presence));
  await form.getByText('在岗').waitFor();
  await form.getByLabel('现场码').fill(await presenceCode());
  await button(form, '签退').click();
  await phone.page.getByText(/签退成功/).waitFor();
  await done(phone);
});
