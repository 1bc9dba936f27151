// The main jobs of volunteers in a real browser on a phone: registering, taking the first shift and leaving it again, a race for
// the last place, a swap, checking in without a network, and the public check of a certificate.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertClean, launch, open, settled, url, visit } from './browser.mjs';
import { call, freshVolunteer, issueCertificate, makeShift, minutes, presenceCode, recordHours, signInAs } from './volunteer.setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

async function phoneOf(who) {
  const context = await open(browser, { screen: 'phone', permissions: ['clipboard-read', 'clipboard-write'] });
  await signInAs(context, who);
  return { context, page: await context.newPage() };
}
const idOf = (name) => name.slice(name.lastIndexOf('/') + 1);
const button = (scope, name) => scope.getByRole('button', { name });
const signupOf = (who, shift) => call(who, 'GET', `${shift}/signups/${idOf(who.name)}`);
const mine = async (who) => (await call(who, 'GET', 'shifts/-/signups')).signups;

test('somebody registers, takes the first shift that is offered, finds it on the card, and leaves it', async () => {
  const who = await freshVolunteer({ registered: false });
  const context = await open(browser, { screen: 'phone' });
  const page = await context.newPage();
  await page.goto(`${url}/login?back=${encodeURIComponent('/volunteer')}`);
  await page.locator('input[autocomplete=username]').fill(who.username);
  await page.locator('input[autocomplete=current-password]').fill(who.password);
  await page.locator('form button[type=submit]').click();
  await page.waitForURL('**/volunteer');

  await page.getByLabel('常住区县').selectOption('districts/liangjiang');
  await page.getByLabel(/年或更早/).check();
  await page.getByLabel('出生年份段').selectOption('1990');
  await button(page, '登记').click();
  const first = page.locator('[data-found] article').first();
  await first.waitFor();
  const [offered] = (await call(who, 'GET', 'shifts:find?pageSize=1')).shifts;
  await button(first, /^报名/).click();
  const card = page.locator('section.next');
  await card.waitFor();
  await page.getByText('报名成功').waitFor();
  const [signup] = await mine(who);
  assert.equal(signup.state, 'SIGNED_UP');
  assert.equal(signup.shift, offered.shift.name, 'the first of the list is the first that the service finds');
  assert.match(await card.innerText(), /还有 \d+ (天|小时|分钟)/);
  assert.match(await card.innerText(), new RegExp(offered.shift.role.zh));

  await card.getByRole('link', { name: '查看班次' }).click();
  await button(page, '退出班次').click();
  // Within a day of the start the dialog asks why.
  const why = page.getByRole('dialog').getByLabel('退出原因');
  const soon = Date.parse(offered.shift.startTime) - Date.now() < minutes(60 * 24);
  assert.equal(await why.isVisible(), soon);
  if (soon) await why.fill('临时有事');
  await button(page.getByRole('dialog'), '确认退出').click();
  await page.getByText('已退出班次').waitFor();
  assert.equal((await mine(who))[0].state, 'WITHDRAWN');
  await visit(page, '/volunteer');
  assert.equal(await page.locator('section.next').count(), 0, 'no card without a shift');
  assertClean(context);
  await context.close();
});

test('two race for the last place: one has it, the other is told and goes to the wait list', async () => {
  const [quick, late] = [await freshVolunteer(), await freshVolunteer()];
  const shift = await makeShift(minutes(60 * 24 * 3), minutes(60), 1, { role: { zh: '抢位演练', en: 'Race drill' } });
  const pages = await Promise.all([quick, late].map(phoneOf));
  await Promise.all(pages.map(({ page }) => visit(page, `/volunteer/shifts/${idOf(shift.name)}`)));
  const take = ({ page }) => button(page.locator('section[aria-labelledby=take-shift]'), '报名').click();
  await Promise.all(pages.map(take));
  const won = (page) => page.locator('section[aria-labelledby=my-signup]').waitFor().then(() => 'won');
  const lost = (page) => button(page, '排队候补').waitFor().then(() => 'lost');
  const ends = await Promise.all(pages.map(({ page }) => Promise.any([won(page), lost(page)])));
  assert.deepEqual([...ends].sort(), ['lost', 'won']);
  const loser = pages[ends.indexOf('lost')].page;
  await loser.getByText(/报满了|正在办理/).waitFor();
  await button(loser, '排队候补').click();
  await loser.getByText('已候补，第 1 位').waitFor();
  const after = await call('demo-museum', 'GET', shift.name);
  assert.deepEqual([after.signedUp, after.free, after.waiting], [1, 0, 1]);
  // The winner leaves: the place is offered to who waits, and taken.
  const winner = pages[ends.indexOf('won')].page;
  await button(winner, '退出班次').click();
  await button(winner.getByRole('dialog'), '确认退出').click();
  await winner.getByText('已退出班次').waitFor();
  await visit(loser, '/volunteer');
  await button(loser.locator('[data-ask=offered]'), '我要这个名额').click();
  await loser.getByText('报名成功').waitFor();
  assert.equal((await signupOf(ends[0] === 'lost' ? quick : late, shift.name)).state, 'SIGNED_UP');
  for (const { context } of pages) {
    assertClean(context);
    await context.close();
  }
});

test('a place is handed over to a friend by their number', async () => {
  const [giver, taker] = [await freshVolunteer(), await freshVolunteer()];
  const shift = await makeShift(minutes(60 * 24 * 4), minutes(60), 1, { role: { zh: '换班演练', en: 'Swap drill' } });
  await call(giver, 'POST', `${shift.name}:signUp`, {});
  const [from, to] = [await phoneOf(giver), await phoneOf(taker)];
  await visit(to.page, '/volunteer/me');
  const number = (await to.page.locator('[data-number]').innerText()).trim();
  await visit(from.page, `/volunteer/shifts/${idOf(shift.name)}`);
  await from.page.getByText('转让或换班').click();
  await from.page.getByLabel('对方的志愿者号').fill(number);
  await button(from.page, '发出').click();
  await from.page.getByText('已发出，等对方答复').waitFor();
  await visit(to.page, '/volunteer');
  await button(to.page.locator('[data-ask=swap]'), '接下').click();
  await to.page.getByText('换班成功').waitFor();
  assert.equal((await signupOf(taker, shift.name)).state, 'SIGNED_UP');
  assert.equal((await signupOf(giver, shift.name)).state, 'HANDED_OVER');
  for (const { context } of [from, to]) {
    assertClean(context);
    await context.close();
  }
});

test('a check-in without a network waits on the device, is sent when there is one, and a wrong code comes back with its reason', async () => {
  const who = await freshVolunteer();
  const shift = await makeShift(minutes(20), minutes(60), 2);
  await call(who, 'POST', `${shift.name}:signUp`, {});
  const { context, page } = await phoneOf(who);
  await visit(page, '/volunteer/check');
  const form = page.locator(`[data-shift=${idOf(shift.name)}]`);
  await form.waitFor();
  const code = await presenceCode();

  await context.setOffline(true);
  await page.getByText(/没有网络也能签到/).waitFor();
  await form.getByLabel('现场码').fill('222222');
  await button(form, '签到').click();
  await page.getByText(/已记下签到/).waitFor();
  assert.equal(await page.locator('[data-queue]').innerText(), '1');
  assert.equal((await signupOf(who, shift.name)).state, 'SIGNED_UP', 'the service knows nothing yet');
  await context.setOffline(false);
  await page.getByText(/未被接受.*现场码不对/).waitFor();
  // Typing another code is no help for what is over: the leader is, and a correction.
  await page.getByText(/请让本班次负责人核实并代为登记/).waitFor();
  assert.equal(await page.getByRole('link', { name: '看班次和负责人' }).getAttribute('href'), `/volunteer/shifts/${idOf(shift.name)}`);
  assert.equal(await page.getByRole('link', { name: '更正服务时长' }).getAttribute('href'), '/volunteer/hours');
  await button(page, '知道了，移除').click();

  await context.setOffline(true);
  await page.getByText(/没有网络也能签到/).waitFor();
  await form.getByLabel('现场码').fill(code.toUpperCase());
  await button(form, '签到').click();
  await page.getByText(/已记下签到/).waitFor();
  assert.equal(await page.locator('[data-queue]').innerText(), '1');
  await context.setOffline(false);
  await page.getByText('已上传 1 条').waitFor();
  const signup = await signupOf(who, shift.name);
  assert.equal(signup.state, 'CHECKED_IN');
  assert.equal(signup.presence.length, 1);
  assert.equal(signup.presence[0].offline, true);

  // Online again it goes straight through.
  await form.getByText('在岗').waitFor();
  await form.getByLabel('现场码').fill(await presenceCode());
  await button(form, '签退').click();
  await page.getByText(/签退成功/).waitFor();
  assert.equal((await signupOf(who, shift.name)).state, 'CHECKED_OUT');
  assertClean(context);
  await context.close();
});

test('anybody checks a certificate by number and code without a login; its owner downloads the paper', async () => {
  const who = await freshVolunteer();
  await recordHours(who.name);
  const { number, code } = await issueCertificate(who);
  const { context, page } = await phoneOf(who);
  await visit(page, '/volunteer/certificates');
  const card = page.locator(`[data-certificate="${number}"]`);
  const [file] = await Promise.all([page.waitForEvent('download'), button(card, '下载 PDF').click()]);
  assert.equal(file.suggestedFilename(), `${number}.pdf`);
  const bytes = await (await import('node:fs/promises')).readFile(await file.path());
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  await visit(page, '/volunteer/hours');
  await button(page, '现在核验').click();
  await page.getByText(/核验通过：1 条/).waitFor();
  await context.close();

  const stranger = await open(browser, { screen: 'phone' });
  const open_ = await stranger.newPage();
  await visit(open_, `/certificates/check?number=${number}&code=${code}`);
  await open_.getByText('证明真实有效').waitFor();
  assert.match(await open_.locator('[data-verdict]').innerText(), /李/);
  await open_.getByLabel('核验码').fill('aaaaaaaa');
  await button(open_, '核验').click();
  await open_.getByText(/查无此证/).waitFor();
  await settled(open_);
  assertClean(stranger);
  await stranger.close();
});
