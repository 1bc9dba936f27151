// More jobs of volunteers on a phone: friends who sign up together, a calendar feed, their own data, and leaving for good.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { assertClean, launch, open, url, visit } from './browser.mjs';
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

test('friends sign up together by the link of one of them', async () => {
  const [one, friend] = [await freshVolunteer(), await freshVolunteer()];
  const shift = await makeShift(minutes(60 * 24 * 8), minutes(60), 3);
  const [first, second] = [await phoneOf(one), await phoneOf(friend)];
  await visit(first.page, `/volunteer/shifts/${shift.name.split('/')[1]}`);
  await button(first.page, '建小组').click();
  const link = await first.page.getByLabel('把链接发给朋友').inputValue();
  assert(link.startsWith(`${url}/volunteer/shifts/`), link);
  await second.page.goto(link);
  await button(second.page, '加入小组').click();
  await button(second.page, '2 人一起报名').click();
  await second.page.getByText('全组报名成功').waitFor();
  assert.equal((await call('demo-museum', 'GET', shift.name)).signedUp, 2);
  for (const { context } of [first, second]) {
    assertClean(context);
    await context.close();
  }
});

test('a calendar feed is shown once, changed and stopped', async () => {
  const { context, page } = await phoneOf(await freshVolunteer());
  await visit(page, '/volunteer/calendar');
  await button(page, '生成订阅地址').click();
  const address = await page.locator('[data-feed]').inputValue();
  const answer = await fetch(address);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /^BEGIN:VCALENDAR/);
  await button(page, '更换地址').click();
  await page.getByRole('dialog').getByRole('checkbox').uncheck();
  await button(page.getByRole('dialog'), '更换地址').click();
  await page.waitForFunction((old) => document.querySelector('[data-feed]')?.value !== old, address);
  assert.equal((await fetch(address)).status, 404);
  await visit(page, '/volunteer/calendar');
  assert.equal(await page.locator('[data-feed]').count(), 0, 'it is told once');
  await button(page, '停止订阅').click();
  await button(page.getByRole('dialog'), '停止订阅').click();
  await page.getByText('还没有订阅').waitFor();
  assertClean(context);
  await context.close();
});

test('own data are taken along, and erased for good after the password', async () => {
  const who = await freshVolunteer();
  const { context, page } = await phoneOf(who);
  await visit(page, '/volunteer/data');
  const [json] = await Promise.all([page.waitForEvent('download'), button(page, '下载 JSON').click()]);
  assert.equal(JSON.parse(await readFile(await json.path(), 'utf8')).volunteer.name, who.name);
  const [table] = await Promise.all([page.waitForEvent('download'), button(page, '下载表格').click()]);
  assert.match(await readFile(await table.path(), 'utf8'), /^\uFEFF类别,日期/);

  const leave = async (what) => {
    await button(page, what).click();
    await page.getByRole('dialog').getByRole('checkbox').check();
    await button(page, '继续注销').click();
    await page.locator('input[autocomplete=current-password]').fill(who.password);
    await button(page.getByRole('dialog'), '确认').click();
  };
  await leave('注销志愿者身份');
  await page.waitForURL('**/volunteer');
  const gone = await call('demo-city', 'GET', who.name, undefined, 0);
  assert(gone.state === 'ERASED' || gone.code === 5, JSON.stringify(gone));
  await visit(page, '/volunteer/data');
  await leave('注销账户');
  await page.getByText('账户已注销').waitFor();
  const again = await fetch(`${url}/v1/users:login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ userName: who.username, password: who.password }) });
  assert.notEqual(again.status, 200);
  assertClean(context);
  await context.close();
});
