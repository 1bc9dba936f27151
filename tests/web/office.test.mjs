// The main jobs of district and city offices, as people do them in the browser.
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { account, assertClean, launch, logIn, open, settled, signIn, url, visit } from './browser.mjs';
import { openRequests } from './office_demo.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const ask = async (context, path) => {
  const answer = await context.request.get(`${url}/v1/${path}`);
  assert.equal(answer.status(), 200, await answer.text());
  return answer.json();
};
// A password that was entered a while ago is asked for again.
const enterPassword = async (page, user) => {
  const dialog = page.getByRole('dialog', { name: '请再次输入密码' });
  await dialog.getByLabel('密码', { exact: true }).fill(account(user).password);
  await dialog.getByRole('button', { name: '确认' }).click();
  await dialog.waitFor({ state: 'hidden' });
};

test('a district sees its unreached schools and exports them', { timeout: 120_000 }, async () => {
  const context = await open(browser, { screen: 'phone', acceptDownloads: true });
  const page = await context.newPage();
  await logIn(page, 'demo-district', '/office/reach');
  await settled(page);
  // The own district alone is offered.
  const district = page.getByLabel('区县', { exact: true });
  await district.waitFor();
  assert.deepEqual((await district.locator('option').allTextContents()).filter((text) => text !== '请选择'), ['两江新区']);
  const { schools } = await ask(context, 'reach/schools?scope=districts/liangjiang&show=UNREACHED&pageSize=100');
  assert(schools.length > 0, 'the demo has schools there');
  for (const { displayName } of schools) await page.getByRole('rowheader', { name: displayName.zh }).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出表格' }).click()]);
  const text = readFileSync(await download.path(), 'utf8');
  assert(text.startsWith('\ufeff学校,区县,学段'), text);
  for (const { displayName } of schools) assert(text.includes(`${displayName.zh},两江新区`), text);
  assert.equal(text.trim().split('\r\n').length, schools.length + 1);
  assertClean(context);
  await context.close();
});

test('the city answers a stop request, and adopts a proposed tour', { timeout: 240_000 }, async () => {
  const context = await open(browser);
  await signIn(context, 'demo-city');
  const page = await context.newPage();
  const one = (await openRequests(context)).at(-1);
  await visit(page, '/office/requests');
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: one.place.zh, exact: true }) });
  await card.first().getByRole('button', { name: '暂缓或不同意' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('不能安排').check();
  await dialog.getByLabel('理由').fill('路面在施工，开春以后再来');
  await dialog.getByRole('button', { name: '发送答复' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const answered = await ask(context, one.name);
  assert.equal(answered.state, 'REFUSED');
  assert.equal(answered.reason.zh, '路面在施工，开春以后再来');

  await visit(page, '/office/plan');
  await page.getByRole('button', { name: '生成方案' }).click();
  await page.getByRole('heading', { name: /建议行程/ }).waitFor({ timeout: 120_000 });
  const ticks = page.locator('section[aria-labelledby=proposals] input[type=checkbox]');
  const proposed = await ticks.count();
  assert(proposed > 0, 'requests of the demo can be planned');
  for (let at = 1; at < proposed; at += 1) await ticks.nth(at).uncheck();
  await page.getByText('为什么这样安排').first().click();
  await page.getByRole('button', { name: '采纳所选（1 条）' }).click();
  await page.getByText('已采纳 1 条行程').first().waitFor({ timeout: 60_000 });
  const after = await ask(context, 'stopRequests?state=ACCEPTED&pageSize=100');
  assert(after.stopRequests.length > 0 && after.stopRequests.every(({ stop }) => stop.includes('/stops/')), 'a request became a stop');
  assertClean(context);
  await context.close();
});

test('the city invites a museum administrator, who sets a password and sees the home of staff', { timeout: 180_000 }, async () => {
  const context = await open(browser);
  const page = await context.newPage();
  await logIn(page, 'demo-city', '/office/users');
  await settled(page);
  await page.getByLabel('单位类别').selectOption('venues');
  await page.getByLabel('按名称查找').fill('重庆科技馆');
  await page.getByLabel('单位', { exact: true }).selectOption('venues/cqstm');
  await page.getByRole('button', { name: '邀请新人员' }).click();
  const dialog = page.getByRole('dialog', { name: /邀请到/ });
  const userName = `new-${Date.now().toString(36)}`;
  await dialog.getByLabel('权限').selectOption('venue_admin');
  await dialog.getByLabel('姓名').fill(`新馆长${userName}`);
  await dialog.getByLabel('用户名').fill(userName);
  await dialog.getByRole('button', { name: '创建账户并生成链接' }).click();
  const link = dialog.getByTestId('link');
  const again = page.getByRole('dialog', { name: '请再次输入密码' });
  await Promise.race([link.waitFor(), again.waitFor()]);
  if (await again.isVisible()) await enterPassword(page, 'demo-city');
  await link.waitFor();
  const address = new URL(await link.textContent());
  assert.match(address.hash, /^#\/password\/./);
  await dialog.getByRole('button', { name: '关闭' }).last().click();
  await page.getByRole('row', { name: new RegExp(`新馆长${userName}`) }).getByText('场馆管理员').waitFor();
  assertClean(context);
  await context.close();

  const theirs = await open(browser, { screen: 'phone' });
  const their = await theirs.newPage();
  await their.goto(address.href);
  const password = 'Chang jiang shui 2026';
  await their.locator('input[type=password]').first().waitFor();
  for (const field of await their.locator('input[type=password]').all()) await field.fill(password);
  await their.locator('form button[type=submit]').click();
  await their.locator('main').getByRole('link', { name: '登录' }).click();
  await their.locator('input[autocomplete=username]').fill(userName);
  await their.locator('input[autocomplete=current-password]').fill(password);
  await their.locator('form button[type=submit]').click();
  await their.waitForURL(/\/staff/, { timeout: 60_000, waitUntil: 'commit' });
  await their.locator('h1').waitFor();
  const { grants } = await ask(theirs, 'sessions/me');
  assert.deepEqual(grants.map(({ role, on }) => [role, on]), [['venue_admin', 'venues/cqstm']]);
  assertClean(theirs);
  await theirs.close();
});
