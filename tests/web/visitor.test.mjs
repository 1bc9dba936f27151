// The main jobs of visitors, as people do them on a phone: find something of this week, register, book, show the code, change,
// cancel; the last place that two want; a session that fills while the form is open; and what the first page weighs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, launch, logIn, open, settled, signIn, url, visit } from './browser.mjs';
import { call, makeEvent, makeSession, openDays, placesOf, tokenOf } from './visitor-demo.mjs';

let browser;
let days;
before(async () => {
  browser = await launch();
  days = await openDays('venues/cqstm', 2);
});
after(() => browser?.close());

const people = (page, text) => page.locator('[data-people]', { hasText: text }).waitFor();
const count = (page, label) => page.getByLabel(label, { exact: true });

test('a family finds an event of this week, registers, books, shows the code, changes and cancels', async () => {
  const stamp = Date.now().toString(36);
  const { name: event } = await makeEvent(`彩虹实验 ${stamp}`, `Rainbow lab ${stamp}`);
  const session = await makeSession(event, days[0], 20);
  const context = await open(browser, { screen: 'phone' });
  const page = await context.newPage();
  await visit(page, '/');
  // Whoever is not logged in sees everything.
  const wholeWeek = page.getByRole('button', { name: '看这一周的全部' });
  if (await wholeWeek.isVisible()) await wholeWeek.click();
  await page.getByRole('link', { name: new RegExp(`彩虹实验 ${stamp}`) }).click();
  await page.locator('[data-state=open]').first().waitFor();
  await page.getByRole('link', { name: '预约', exact: true }).click();

  await page.waitForURL((to) => to.pathname === '/login');
  await page.getByRole('link', { name: '注册新账户' }).click();
  await page.waitForURL((to) => to.pathname === '/register');
  const password = `guihua-${stamp}-xiang`;
  await page.getByLabel('用户名').fill(`jia-${stamp}`);
  await page.getByLabel('密码', { exact: true }).fill('short');
  await page.getByText('至少 8 个字符，现在 5 个。').waitFor();
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.getByRole('button', { name: '注册并登录' }).click();
  // Back on the page where the booking began.
  await page.waitForURL((to) => to.pathname === `/${session.name}/book`);
  await settled(page);
  await page.getByText('预约须知').waitFor();
  await count(page, '儿童和学生').fill('1');
  await count(page, '儿童和学生').press('Tab');
  await page.getByLabel('联系电话').fill('138 0000 1234');
  await page.getByRole('button', { name: '预约 2 人' }).click();

  await page.waitForURL((to) => to.pathname.startsWith('/bookings/'));
  await page.getByText('预约成功').waitFor();
  await people(page, '2 人');
  const code = (await page.locator('[data-code]').textContent()).replace(/\s/g, '');
  assert.match(code, /^[a-z0-9]{30}$/);
  await page.locator('svg.qr').waitFor();
  assert.equal((await placesOf(session.name)).free, 18);
  const as = await tokenOf(`jia-${stamp}`, password);
  assert.equal((await call('users/me', { as })).phone, '13800001234');

  await page.getByRole('button', { name: '改人数' }).click();
  await count(page, '儿童和学生').fill('2');
  await count(page, '儿童和学生').press('Tab');
  await page.getByRole('button', { name: '改为 3 人' }).click();
  await people(page, '3 人');
  assert.equal((await placesOf(session.name)).free, 17);
  // Undo is real: the number before comes back while its places are there.
  await page.getByRole('button', { name: '撤销' }).click();
  await people(page, '2 人');
  assert.equal((await placesOf(session.name)).free, 18);

  await page.getByRole('button', { name: '取消预约' }).click();
  await page.getByRole('button', { name: '确定取消' }).click();
  await page.locator('[data-booking-state="4"]').first().waitFor();
  assert.equal((await placesOf(session.name)).free, 20);
  await visit(page, '/bookings');
  await page.getByText('还没有预约。').waitFor();
  assertClean(context);
  await context.close();
});

test('two want the last place: one has it, the other is told and offered the waiting list', async () => {
  const { name: event } = await makeEvent('最后一席', 'The last place');
  const session = await makeSession(event, days[0], 1, { start: '15:10', end: '16:00' });
  const contexts = await Promise.all(['demo-volunteer-1', 'demo-volunteer-2'].map(async (user) => {
    const context = await open(browser, { screen: 'phone' });
    await signIn(context, user);
    return context;
  }));
  const pages = [];
  for (const context of contexts) {
    const page = await context.newPage();
    await visit(page, `/${session.name}/book`);
    pages.push(page);
  }
  // What is live would say it before the tap: the race is between two who do not know yet.
  await Promise.all(pages.map((page) => page.route('**/v1/live**', (route) => route.abort())));
  await Promise.all(pages.map((page) => page.getByRole('button', { name: /^(预约|候补) 1 人$/ }).click()));
  await Promise.all(pages.map((page) => Promise.race([page.waitForURL((to) => to.pathname.startsWith('/bookings/')), page.getByRole('alert').first().waitFor()])));
  // Who has it may be told that the places are gone a moment before the page goes on.
  await Promise.any(pages.map((page) => page.waitForURL((to) => to.pathname.startsWith('/bookings/'))));
  const won = pages.filter((page) => new URL(page.url()).pathname.startsWith('/bookings/'));
  assert.equal(won.length, 1, 'one of the two has the place');
  assert.equal((await placesOf(session.name)).free, 0);
  const lost = pages.find((page) => page !== won[0]);
  await lost.getByRole('button', { name: /候补/ }).first().click();
  await lost.waitForURL((to) => to.pathname === '/bookings');
  await lost.locator('[data-wait-state="1"]', { hasText: '最后一席' }).waitFor();
  assert.equal((await call(session.name)).waiting, 1);

  // The winner gives it back: the other is offered it and takes it.
  await won[0].getByRole('button', { name: '取消预约' }).click();
  await won[0].getByRole('button', { name: '确定取消' }).click();
  await won[0].locator('[data-booking-state="4"]').first().waitFor();
  await visit(lost, '/bookings');
  const card = lost.locator('[data-wait-state="2"]', { hasText: '最后一席' });
  await card.getByRole('button', { name: '确认预约' }).click();
  await lost.waitForURL((to) => to.pathname.startsWith('/bookings/'));
  await lost.locator('[data-booking-state="2"]').first().waitFor();
  await Promise.all(contexts.map((context) => context.close()));
});

test('a session that fills while the form is open says so, keeps what was filled in, and takes a waiting party', async () => {
  const { name: event } = await makeEvent('火箭发射', 'Rocket launch');
  const session = await makeSession(event, days[1], 3, { start: '13:10', end: '13:50' });
  const context = await open(browser, { screen: 'phone' });
  await signIn(context, 'demo-v001');
  const page = await context.newPage();
  await visit(page, `/${session.name}/book`);
  await count(page, '儿童和学生').fill('1');
  await count(page, '儿童和学生').press('Tab');
  await page.getByRole('button', { name: '预约 2 人' }).waitFor();
  await call(`${session.name}/bookings`, { as: await tokenOf('demo-v002'), body: { kind: 'FAMILY', party: { adults: 3 } } });
  await page.getByText('就在刚才，这一场约满了。').waitFor();
  assert.equal(await count(page, '儿童和学生').inputValue(), '1');
  await page.getByRole('button', { name: '候补 2 人' }).click();
  await page.waitForURL((to) => to.pathname === '/bookings');
  const card = page.locator('[data-wait-state]', { hasText: '火箭发射' });
  await card.waitFor();
  await card.getByRole('button', { name: '退出候补' }).click();
  await card.waitFor({ state: 'detached' });
  assert.equal((await call(session.name)).waiting ?? 0, 0);
  assertClean(context);
  await context.close();
});

test('search finds events and venues by Chinese, pinyin and initials', async () => {
  const stamp = Date.now().toString(36);
  await makeEvent(`昆虫记 ${stamp}`, `Insects ${stamp}`);
  const context = await open(browser);
  const page = await context.newPage();
  for (const wanted of ['昆虫', 'kunchong', 'kcj', `insects ${stamp}`]) {
    await visit(page, `/search?q=${encodeURIComponent(wanted)}`);
    await page.getByRole('link', { name: new RegExp(`昆虫记 ${stamp}`) }).waitFor();
  }
  await visit(page, '/search?q=cqkjg');
  await page.getByRole('link', { name: /重庆科技馆/ }).first().waitFor();
  assertClean(context);
  await context.close();
});

test('the district is remembered; the position is asked for by a tap alone', async () => {
  const context = await open(browser, { screen: 'phone', geolocation: { latitude: 29.57, longitude: 106.58 }, permissions: ['geolocation'] });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const real = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
    window.asked = 0;
    navigator.geolocation.getCurrentPosition = (...args) => ((window.asked += 1), real(...args));
  });
  await visit(page, '/');
  await page.getByLabel('区县').selectOption({ label: '渝中区' });
  await page.reload();
  await settled(page);
  assert.equal(await page.getByLabel('区县').evaluate((select) => select.selectedOptions[0].textContent), '渝中区');
  assert.equal(await page.evaluate(() => window.asked), 0);
  await page.getByRole('button', { name: '按我的位置' }).click();
  await page.getByText('离我最近的场馆').waitFor();
  await page.getByText(/约 \d+ 米|约 [\d.]+ 公里/).first().waitFor();
  assert.equal(await page.evaluate(() => window.asked), 1);
  assertClean(context);
  await context.close();
});

// Only files as they are served in the end say what a phone loads.
const built = async () => !(await (await fetch(url)).text()).includes('/@vite/client');

test('the first page loads at most 150,000 bytes of JavaScript', async (one) => {
  if (!(await built())) return one.skip('KEPU_URL is a development server, whose files are not those that are delivered');
  const context = await open(browser, { screen: 'phone' });
  const page = await context.newPage();
  const files = new Map();
  // Every script that is run, fetched ahead or imported, as many bytes as came over the wire.
  page.on('requestfinished', (request) => {
    if (/\.m?js$/.test(new URL(request.url()).pathname)) files.set(request.url(), request);
  });
  await visit(page, '/');
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.waitForTimeout(3000); // what is brought when nothing else is to be done
  const sizes = await Promise.all([...files].map(async ([file, request]) => [file.split('/').pop(), (await request.sizes()).responseBodySize]));
  const sum = sizes.reduce((total, [, size]) => total + size, 0);
  one.diagnostic(`${sum} bytes in ${sizes.length} files`);
  assert(sizes.length > 0 && sizes.every(([, size]) => size > 0), 'a script without a size');
  assert(sum <= 150_000, `${sum} bytes: ${sizes.sort(([, a], [, b]) => b - a).slice(0, 8).join(' ')}`);
  await context.close();
});

test('tickets show without a network, and are gone after the logout', async (one) => {
  if (!(await built())) return one.skip('KEPU_URL is a development server, which has no service worker');
  const title = `离线的票 ${Date.now().toString(36)}`;
  const { name: event } = await makeEvent(title, title.replace('离线的票', 'A ticket offline'));
  const session = await makeSession(event, days[1], 9, { start: '15:10', end: '15:50' });
  const as = await tokenOf('demo-v003');
  await call(`${session.name}/bookings`, { as, body: { kind: 'FAMILY', party: { adults: 2 } } });
  const context = await open(browser, { screen: 'phone', worker: true });
  const page = await context.newPage();
  await logIn(page, 'demo-v003', '/bookings');
  await settled(page);
  await page.getByText(title).first().waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await caches.keys()).length > 0 && navigator.serviceWorker.controller !== undefined);
  await page.reload();
  await settled(page);
  await page.waitForFunction(async () => {
    const database = await new Promise((resolve) => (indexedDB.open('own').onsuccess = (event) => resolve(event.target.result)));
    if (!database.objectStoreNames.contains('tickets')) return database.close(), false;
    const all = await new Promise((resolve) => (database.transaction('tickets').objectStore('tickets').getAll().onsuccess = (event) => resolve(event.target.result)));
    database.close();
    return all.some(({ code }) => /^[a-z0-9]{30}$/.test(code));
  });
  await context.setOffline(true);
  await page.goto(`${url}/bookings`);
  const kept = page.locator('[data-kept]', { hasText: title });
  await kept.locator('svg.qr').waitFor();
  await context.setOffline(false);
  await page.reload();
  await settled(page);
  await page.getByRole('button', { name: '菜单与设置' }).click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.waitForURL((to) => to.pathname === '/');
  await page.waitForFunction(async () => !(await indexedDB.databases()).some(({ name }) => name === 'own'));
  await context.close();
});
