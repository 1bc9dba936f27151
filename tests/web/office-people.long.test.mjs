// People of an office: logins ended, accounts disabled and enabled, roles of a scope, and what was done to them in the audit.
import { after, before, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import { assertClean, assertPlain, launch, open, settled, url, visit } from './browser.mjs';
import { ask, mark, passPassword, start, until } from './office_acts.mjs';
import { call } from './school_setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

// Somebody of her own, who is logged in on a phone.
async function somebody(role, on) {
  const userName = `p-${mark()}`;
  const password = `Aa1-${randomUUID()}`;
  const called = `同事${userName}`;
  const answer = await fetch(`${url}/v1/users:register`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }, body: JSON.stringify({ userName, password, displayName: called }) });
  assert(answer.ok, await answer.clone().text());
  const { name } = await answer.json();
  await call('demo-city', 'POST', `${name}:grantRole`, { role, on });
  const phone = await open(browser, { screen: 'phone' });
  const logged = await phone.request.post(`${url}/v1/sessions:login`, { headers: { Origin: url }, data: { userName, password } });
  assert.equal(logged.status(), 200);
  const isIn = async () => (await phone.request.get(`${url}/v1/sessions/me`)).status() === 200;
  return { name, userName, called, password, phone, isIn };
}

test('logins of somebody are ended, the account is disabled and enabled again, and the audit has it all', { timeout: 150_000 }, async () => {
  const person = await somebody('venue_staff', 'venues/cqstm');
  const { context, page } = await start(browser, 'demo-city');
  await visit(page, '/office/users?on=venues/cqstm');
  await page.getByRole('button', { name: `查看 ${person.called}` }).click();
  const dialog = page.getByRole('dialog').first();
  assert(await person.isIn());
  await dialog.getByRole('button', { name: '结束所有登录' }).click();
  await page.getByText('所有登录已结束').waitFor();
  await until('the phone is logged out', async () => !(await person.isIn()));
  const disabled = dialog.getByText('已停用', { exact: true });
  await dialog.getByRole('button', { name: '停用账户' }).click();
  await passPassword(page, 'demo-city', () => disabled.waitFor());
  assert.equal((await ask(context, person.name)).state, 'DISABLED');
  const refused = await person.phone.request.post(`${url}/v1/sessions:login`, { headers: { Origin: url }, data: { userName: person.userName, password: person.password } });
  assert.notEqual(refused.status(), 200);
  await dialog.getByRole('button', { name: '恢复账户' }).click();
  await dialog.getByText('正常', { exact: true }).waitFor();
  assert.equal((await ask(context, person.name)).state, 'ACTIVE');
  await dialog.getByRole('link', { name: '操作记录' }).click();
  await page.getByRole('heading', { name: '操作记录' }).waitFor();
  await until('the audit has it', async () => {
    await page.reload();
    await settled(page);
    // The registration, the role, its end of use and the way back.
    return (await page.locator('tbody tr').count()) >= 4;
  });
  await assertPlain(page, 'the audit of a person');
  assertClean(context);
  await context.close();
  await person.phone.close();
});

test('a district gives roles on what lies in it, and on nothing else', { timeout: 120_000 }, async () => {
  const person = await somebody('venue_staff', 'venues/cqstm');
  const { context, page } = await start(browser, 'demo-district', { screen: 'phone' });
  await visit(page, '/office/users?on=venues/cqstm');
  await page.getByRole('button', { name: `查看 ${person.called}` }).click();
  const dialog = page.getByRole('dialog').first();
  await dialog.getByRole('button', { name: '添加权限' }).click();
  const role = dialog.getByRole('combobox', { name: '权限' });
  const held = dialog.getByRole('button', { name: /撤销 .*志愿者协调员/ });
  // The city alone makes administrators of the city or of a district.
  assert(!(await role.locator('option').allTextContents()).some((one) => /市级|区县管理员/.test(one)));
  await role.selectOption('coordinator');
  await dialog.getByRole('button', { name: '添加权限' }).click();
  await passPassword(page, 'demo-district', () => held.waitFor());
  assert((await ask(context, person.name)).grants.some(({ role: of, on }) => of === 'coordinator' && on === 'venues/cqstm'));
  assertClean(context);
  await context.close();
  await person.phone.close();
});

test('an invitation with a name that is taken says so beside the field, and the rest is kept', { timeout: 120_000 }, async () => {
  const { context, page } = await start(browser, 'demo-city');
  await visit(page, '/office/users?on=venues/cqstm');
  await page.getByRole('button', { name: '邀请新人员' }).click();
  const dialog = page.getByRole('dialog', { name: /邀请到/ });
  await dialog.getByLabel('姓名').fill('张三');
  await dialog.getByLabel('用户名').fill('demo-staff');
  const said = dialog.getByRole('alert');
  await dialog.getByRole('button', { name: '创建账户并生成链接' }).click();
  await passPassword(page, 'demo-city', () => said.first().waitFor());
  await assertPlain(page, 'a name that is taken');
  await page.reload();
  await settled(page);
  await page.getByRole('button', { name: '邀请新人员' }).click();
  assert.deepEqual([await dialog.getByLabel('姓名').inputValue(), await dialog.getByLabel('用户名').inputValue()], ['张三', 'demo-staff']);
  assertClean(context);
  await context.close();
});
