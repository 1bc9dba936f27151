// One's own account: a second factor, recovery codes, the password, logins, notices, a taken name, a login that ran out.
import { after, before, test } from 'node:test';
import { createHmac, randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, assertPlain, launch, open, settled, shot, signIn, url, visit } from './browser.mjs';
import { ask, mark, until } from './office_acts.mjs';
import { call } from './school_setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

// RFC 6238: SHA-1, six digits, thirty seconds.
export function totp(secret, at = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/=+$/, '')].map((one) => alphabet.indexOf(one).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest.at(-1) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1e6).padStart(6, '0');
}

async function somebody() {
  const userName = `a-${mark()}${Math.floor(Math.random() * 100)}`;
  const password = `Aa1-${randomUUID()}`;
  const answer = await fetch(`${url}/v1/users:register`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }, body: JSON.stringify({ userName, password, displayName: `账户${userName}` }) });
  assert(answer.ok, await answer.clone().text());
  return { ...(await answer.json()), userName, username: userName, password };
}
async function fillLogin(page, { userName, password }) {
  await page.locator('input[autocomplete=username]').fill(userName);
  await page.locator('input[autocomplete=current-password]').fill(password);
  await page.locator('form button[type=submit]').click();
}
async function enter(page, person, back = '/account') {
  await page.goto(`${url}/login?back=${encodeURIComponent(back)}`);
  await fillLogin(page, person);
  await page.waitForURL((to) => to.pathname !== '/login');
  await settled(page);
}

test('a second factor is set up, asked for at the login, replaced by a recovery code once, and taken off', { timeout: 150_000 }, async () => {
  const person = await somebody();
  const context = await open(browser, { screen: 'phone' });
  const page = await context.newPage();
  await enter(page, person);
  const part = page.locator('section[aria-labelledby=factor]');
  await part.getByRole('button', { name: '开启双重验证' }).click();
  const secret = (await part.locator('form code').textContent()).trim();
  await part.locator('img').waitFor();
  const code = part.locator('input[autocomplete=one-time-code]');
  await code.fill('000000');
  await part.locator('form button[type=submit]').click();
  await part.getByRole('alert').first().waitFor();
  await assertPlain(page, 'a wrong code');
  await code.fill(totp(secret));
  await part.locator('form button[type=submit]').click();
  await part.locator('.codes li').first().waitFor();
  const codes = await part.locator('.codes code').allTextContents();
  assert(codes.length >= 8, 'recovery codes are shown once');
  await assertAccessible(page, 'recovery codes');
  await shot(page, 'account-recovery');

  const fresh = async () => {
    const other = await open(browser);
    const their = await other.newPage();
    await their.goto(`${url}/login?back=/account`);
    await fillLogin(their, person);
    await their.locator('input[autocomplete=one-time-code]').waitFor();
    return { other, their };
  };
  // By the authenticator: a code serves once, so the next one is waited for.
  {
    const { other, their } = await fresh();
    await their.locator('input[autocomplete=one-time-code]').fill(totp(secret, Date.now() + 30_000));
    await their.locator('form button[type=submit]').click();
    await their.waitForURL((to) => to.pathname === '/account');
    assert.equal((await ask(other, 'sessions/me')).secondFactor, true);
    assertClean(other);
    await other.close();
  }
  // By a recovery code, and by the same one not again.
  for (const [works, one] of [[true, codes[0]], [false, codes[0]]]) {
    const { other, their } = await fresh();
    await their.locator('input[autocomplete=one-time-code]').fill(one);
    await their.locator('form button[type=submit]').click();
    if (works) await their.waitForURL((to) => to.pathname === '/account');
    else await their.getByRole('alert').waitFor();
    await assertPlain(their, 'a login by a recovery code');
    await other.close();
  }
  // The page shows at once that it is on; taking it off ends this login too, and says so.
  await part.getByText('已开启', { exact: true }).waitFor();
  await part.getByRole('button', { name: '我已抄好' }).click();
  assert.equal(await part.getByRole('button', { name: '开启双重验证' }).count(), 0);
  await part.getByRole('button', { name: '关闭双重验证' }).first().click();
  await part.locator('input[autocomplete=one-time-code]').fill(codes[1]);
  await part.locator('form button[type=submit]').click();
  await page.getByText('双重验证已关闭').waitFor();
  await page.waitForURL((to) => to.pathname === '/login');
  const again = await open(browser);
  const plain = await again.newPage();
  await enter(plain, person);
  assert.equal((await ask(again, 'sessions/me')).secondFactor, false);
  await again.close();
  assertClean(context);
  await context.close();
});

test('the password is changed, and logins are ended one by one and all at once', { timeout: 120_000 }, async () => {
  const person = await somebody();
  const context = await open(browser);
  const page = await context.newPage();
  await enter(page, person);
  const others = [];
  for (let count = 0; count < 3; count += 1) {
    const other = await open(browser, { screen: 'phone' });
    assert.equal((await other.request.post(`${url}/v1/sessions:login`, { headers: { Origin: url }, data: { userName: person.userName, password: person.password } })).status(), 200);
    others.push(other);
  }
  const isIn = async (one) => (await one.request.get(`${url}/v1/sessions/me`)).status() === 200;
  await page.reload();
  await settled(page);
  const logins = page.locator('section[aria-labelledby=logins]');
  assert.equal(await logins.getByRole('listitem').count(), 4);
  await logins.getByRole('button', { name: '结束登录', exact: true }).first().click();
  await until('one is ended', async () => (await logins.getByRole('listitem').count()) === 3);
  await until('one is out', async () => (await Promise.all(others.map(isIn))).filter(Boolean).length === 2);
  await logins.getByRole('button', { name: /其他/ }).click();
  await until('the others are ended', async () => (await logins.getByRole('listitem').count()) === 1);
  await until('all are out', async () => (await Promise.all(others.map(isIn))).filter(Boolean).length === 0);
  assert(await isIn(context), 'the own login goes on');

  const profile = page.locator('section[aria-labelledby=profile]');
  await profile.locator('summary').click();
  const [old, fresh] = [profile.locator('input[autocomplete=current-password]'), profile.locator('input[autocomplete=new-password]')];
  await old.fill('not the password');
  await fresh.fill('Chang jiang shui 2027');
  await profile.locator('details button[type=submit]').click();
  await profile.getByRole('alert').waitFor();
  await assertPlain(page, 'a wrong password');
  await old.fill(person.password);
  await profile.locator('details button[type=submit]').click();
  await page.getByText('密码已修改').waitFor();
  const answer = await context.request.post(`${url}/v1/sessions:login`, { headers: { Origin: url }, data: { userName: person.userName, password: 'Chang jiang shui 2027' } });
  assert.equal(answer.status(), 200, await answer.text());
  assertClean(context);
  await context.close();
  for (const other of others) await other.close();
});

test('notices are read, lead to what they are about, and are marked read', { timeout: 120_000 }, async () => {
  // A class is booked by somebody and the session is called off: the one who booked is told.
  const { makeEvent, makeSession, openDays, tokenOf, call: callAs } = await import('./visitor-demo.mjs');
  const person = await somebody();
  const [day] = await openDays('venues/cqstm', 1);
  const { name: event } = await makeEvent(`通知测试${mark()}`, 'Notices');
  const session = await makeSession(event, day, 20, { start: '12:00', end: '13:00' });
  const token = await tokenOf(person.userName, person.password);
  const booking = await callAs(`${session.name}/bookings`, { as: token, body: { kind: 'FAMILY', party: { adults: 2 } } });
  await callAs(`${session.name}:cancel`, { as: await tokenOf('demo-museum'), body: { reason: '设备检修' } });
  await until('the notice', async () => ((await callAs(`${person.name}/notices`, { as: token })).notices ?? []).length > 0);
  const context = await open(browser, { screen: 'phone' });
  const page = await context.newPage();
  await enter(page, person, '/notices');
  await page.getByText('未读', { exact: true }).first().waitFor();
  await page.getByText(/设备检修/).waitFor();
  await assertPlain(page, 'notices');
  await assertAccessible(page, 'notices');
  await shot(page, 'account-notices');
  await page.getByRole('button', { name: '全部标为已读' }).click();
  await page.getByText('未读', { exact: true }).first().waitFor({ state: 'hidden' });
  assert.equal((await callAs(`${person.name}/notices`, { as: token })).unread ?? 0, 0);
  await page.getByRole('link', { name: '查看' }).first().click();
  await page.waitForURL(/\/bookings/);
  await settled(page);
  await page.getByText(/已取消|取消/).first().waitFor();
  assert(booking.name);
  assertClean(context);
  await context.close();
});

test('a name that is taken is said beside its field, and no button of another provider is there without one', { timeout: 60_000 }, async () => {
  const context = await open(browser);
  const page = await context.newPage();
  await visit(page, '/register');
  await page.locator('input[autocomplete=username]').fill('demo-staff');
  await page.locator('input[autocomplete=new-password]').fill('Chang jiang shui 2026');
  await page.locator('form button[type=submit]').click();
  await page.getByRole('alert').first().waitFor();
  assert.equal(await page.locator('input[autocomplete=username]').getAttribute('aria-invalid'), 'true');
  await assertPlain(page, 'a taken name');
  assert.equal(await page.locator('input[autocomplete=new-password]').inputValue(), 'Chang jiang shui 2026');
  await visit(page, '/login');
  const { enabled } = await (await context.request.get(`${url}/v1/externalProvider`)).json();
  assert.equal(await page.locator('form button').count(), enabled ? 2 : 1);
  assertClean(context);
  await context.close();
});

test('a login that ran out comes back to the same form with nothing lost: a page, a dialog, a list that is written into', { timeout: 150_000 }, async () => {
  const context = await open(browser);
  await signIn(context, 'demo-city');
  const page = await context.newPage();
  const { account } = await import('./browser.mjs');
  const city = { userName: 'demo-city', password: account('demo-city').password };
  // The login is ended elsewhere while the form is filled in.
  const expire = async () => {
    const { user, login } = await ask(context, 'sessions/me');
    await call('demo-city', 'POST', `${login.includes('/') ? login : `${user}/logins/${login}`}:end`, {});
  };
  const kinds = [
    { path: '/office/campaigns/new', fill: () => page.getByLabel('中文名称').fill('没存完的主题活动'), send: () => page.getByRole('button', { name: '保存' }).click(), kept: async () => (await page.getByLabel('中文名称').inputValue()) === '没存完的主题活动' },
    {
      path: '/office/registers/schools?add=1', fill: async () => {
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('中文名称').fill('没存完的小学');
        await dialog.getByLabel('编号').fill(`k-${mark()}`);
        await dialog.getByLabel('类别').selectOption('PRIMARY');
        await dialog.getByLabel('区县').selectOption('districts/yuzhong');
      }, send: () => page.getByRole('dialog').getByRole('button', { name: '保存' }).click(), kept: async () => (await page.getByRole('dialog').getByLabel('中文名称').inputValue()) === '没存完的小学',
    },
    { path: '/office/holidays', fill: () => page.getByLabel('依据').fill('没存完的文号'), send: () => page.getByRole('button', { name: '保存' }).click(), kept: async () => (await page.getByLabel('依据').inputValue()) === '没存完的文号' },
  ];
  for (const { path, fill, send, kept } of kinds) {
    await visit(page, path);
    await fill();
    await expire();
    await send();
    await page.waitForURL((to) => to.pathname === '/login');
    await fillLogin(page, city);
    await page.waitForURL((to) => to.pathname === path.split('?')[0]);
    await settled(page);
    assert(await until(`what was written at ${path}`, kept));
    await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('form:')).forEach((key) => localStorage.removeItem(key)));
  }
  assertClean(context);
  await context.close();
});
