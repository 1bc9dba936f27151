// More of what visitors do: more people than there are seats, a closure of tomorrow, the map without a mouse, large text, a ticket on
// paper, a word after the visit, and the hint to install.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, assertPlain, launch, open, settled, shot, signIn, url, visit } from './browser.mjs';
import * as city from './desk_city.mjs';
import { at, call, makeEvent, makeSession, openDays, placesOf, tokenOf } from './visitor-demo.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const tomorrow = () => new Date(Date.now() + 8 * 3600e3 + 86400e3).toISOString().slice(0, 10);
const pageOfBooking = (name) => `/bookings/${name.split('/').filter((_, index) => index % 2).join('/')}`;

test('more people than there are seats is refused and keeps what was booked', { timeout: 120_000 }, async () => {
  const [day] = await openDays('venues/cqstm', 1);
  const { name: event } = await makeEvent('小小实验员', 'Little lab');
  const session = await makeSession(event, day, 4, { start: '11:00', end: '11:40' });
  const as = await tokenOf('demo-v004');
  const booking = await call(`${session.name}/bookings`, { as, body: { kind: 'FAMILY', party: { adults: 2 } } });
  const context = await open(browser, { screen: 'phone' });
  await signIn(context, 'demo-v004');
  const page = await context.newPage();
  await visit(page, pageOfBooking(booking.name));
  await page.getByRole('button', { name: '改人数' }).click();
  const dialog = page.getByRole('dialog');
  const adults = dialog.getByRole('spinbutton').first();
  await adults.fill('9');
  await adults.blur();
  await dialog.locator('button[type=submit]').click();
  await dialog.getByRole('alert').first().waitFor();
  await assertPlain(page, 'too many people');
  assert.equal((await call(booking.name, { as })).party.adults, 2);
  await adults.fill('3');
  await adults.blur();
  await dialog.locator('button[type=submit]').click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal((await call(booking.name, { as })).party.adults, 3);
  assert.equal((await placesOf(session.name)).free, 1);
  assertClean(context);
  await context.close();
});

test('a closure of tomorrow is told at home and by the venue, with its reason', { timeout: 120_000 }, async () => {
  const as = await tokenOf('demo-nature');
  const reason = `电路检修${Date.now().toString(36)}`;
  const day = tomorrow();
  const closure = await call('venues/cqnhm/closures', { as, body: { startTime: at(day, '00:00'), endTime: at(day, '23:59'), reason: { zh: reason, en: 'Repairs' } } });
  const context = await open(browser, { screen: 'phone' });
  const page = await context.newPage();
  try {
    await visit(page, '/venues/cqnhm');
    await page.getByText(reason).first().waitFor();
    await assertPlain(page, 'a closed venue');
    // The programme at home is of the district that was chosen.
    await context.addInitScript(() => location.protocol.startsWith('http') && localStorage.setItem('district', 'districts/beibei'));
    await visit(page, '/');
    await page.getByText(reason).first().waitFor();
    await page.getByText(/明天/).first().waitFor();
  } finally {
    await call(`${closure.name}:end`, { as, body: {} });
  }
  assertClean(context);
  await context.close();
});

test('the map is used without a mouse, and is there as a list', { timeout: 90_000 }, async () => {
  const context = await open(browser);
  const page = await context.newPage();
  await visit(page, '/map');
  const { venues } = await call('venues?district=districts/yuzhong&pageSize=100');
  const line = page.locator('.cartogram .list button').filter({ hasText: '渝中' });
  await line.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/district=yuzhong/);
  assert.equal(await line.getAttribute('aria-pressed'), 'true');
  for (const { displayName } of venues.slice(0, 3)) await page.getByRole('link', { name: displayName.zh }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL((to) => !/district=yuzhong/.test(to.search));
  assertClean(context);
  await context.close();
});

test('large text stays on after a reload and nothing is cut', { timeout: 90_000 }, async () => {
  const context = await open(browser, { screen: 'phone' });
  const page = await context.newPage();
  await visit(page, '/');
  await page.getByRole('button', { name: '菜单与设置' }).click();
  await page.getByLabel('大字模式').check();
  for (const path of ['/', '/events', '/venues/cqstm', '/map', '/search?q=kjg', '/login', '/register']) {
    await visit(page, path);
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '20px');
    await assertAccessible(page, `${path} in large text`);
    await shot(page, `visitor-large${path.replace(/\W+/g, '-')}`);
  }
  assertClean(context);
  await context.close();
});

test('a ticket on paper has its code at 25 mm, and no navigation', { timeout: 90_000 }, async () => {
  const [day] = await openDays('venues/cqstm', 1);
  const { name: event } = await makeEvent('夜观星空', 'Stars');
  const session = await makeSession(event, day, 9, { start: '13:10', end: '13:50' });
  const booking = await call(`${session.name}/bookings`, { as: await tokenOf('demo-v005'), body: { kind: 'FAMILY', party: { adults: 2, pupils: 1 } } });
  const context = await open(browser);
  await signIn(context, 'demo-v005');
  const page = await context.newPage();
  await visit(page, pageOfBooking(booking.name));
  const code = page.locator('article.ticket svg.qr');
  await code.waitFor();
  await page.emulateMedia({ media: 'print' });
  const { width, height } = await code.boundingBox();
  assert(Math.min(width, height) >= (25 / 25.4) * 96, `${width} by ${height} px`);
  assert.equal(await page.locator('header.top').isVisible(), false);
  assert.equal(await page.getByRole('button', { name: '取消预约' }).isVisible(), false);
  await page.getByText('夜观星空').first().waitFor();
  await shot(page, 'visitor-ticket-print');
  assertClean(context);
  await context.close();
});

test('who came says how it was, and changes it', { timeout: 120_000 }, async () => {
  const { session, staff } = await city.desk();
  const made = await session(20, 80);
  const booking = await city.book('demo-v006', made, 'FAMILY', { adults: 1, pupils: 1 });
  await city.call(staff.userName, 'POST', `${made.name}:checkIn`, { code: await city.codeOf('demo-v006', booking) });
  const context = await open(browser, { screen: 'phone' });
  await signIn(context, 'demo-v006');
  const page = await context.newPage();
  await visit(page, pageOfBooking(booking.name));
  const form = page.locator('section').filter({ has: page.locator('input[type=radio]') }).first();
  await form.locator('button[type=submit]').click();
  await form.getByRole('alert').waitFor();
  for (const name of ['content', 'staff', 'organization', 'comeAgain']) await form.locator(`input[name=${name}]`).nth(4).check();
  await form.locator('textarea').fill('孩子很喜欢');
  await form.locator('button[type=submit]').click();
  const read = () => city.call('demo-v006', 'GET', `${booking.name}/feedback`, undefined, [200, 404]);
  await page.getByText(/谢谢/).first().waitFor();
  assert.deepEqual([(await read()).ratings.content, (await read()).remark], [5, '孩子很喜欢']);
  await settled(page);
  await form.locator('input[name=content]').nth(3).check();
  await form.locator('button[type=submit]').click();
  for (let tries = 0; tries < 20 && (await read()).ratings.content !== 4; tries += 1) await page.waitForTimeout(250);
  assert.equal((await read()).ratings.content, 4);
  await assertAccessible(page, 'feedback');
  assertClean(context);
  await context.close();
});

test('the hint to install comes when the browser offers it, and not again', { timeout: 60_000 }, async () => {
  const context = await open(browser, { screen: 'phone' });
  const page = await context.newPage();
  await visit(page, '/');
  const offer = () => page.evaluate(() => window.dispatchEvent(Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt: async () => undefined })));
  await offer();
  const no = page.getByRole('button', { name: '不用了' });
  await no.click();
  await no.waitFor({ state: 'hidden' });
  await page.reload();
  await settled(page);
  await offer();
  assert.equal(await no.isVisible(), false);
  await context.close();
});

test('exhibitions and programmes say what the services know of them', { timeout: 60_000 }, async () => {
  const context = await open(browser);
  const page = await context.newPage();
  const { exhibitions } = await call('venues/cqstm/exhibitions');
  await visit(page, `/${exhibitions[0].name}`);
  await page.getByRole('heading', { name: exhibitions[0].title.zh }).waitFor();
  const programme = await call('programmes/magnets');
  await visit(page, '/programmes/magnets');
  await page.getByRole('heading', { name: programme.displayName.zh }).first().waitFor();
  await assertPlain(page, 'a programme');
  assertClean(context);
  await context.close();
});
