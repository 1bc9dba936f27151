// The main jobs of a venue's desk, as staff do them: requests are decided, people come through the door, with a network and
// without, and the roster is printed.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import QRCode from 'qrcode';
import { assertAccessible, assertClean, launch, open, settled, shot, url, visit } from './browser.mjs';
import { book, call, codeOf, desk, signInAs } from './desk_city.mjs';

let browser;
let city;
before(async () => {
  browser = await launch();
  city = await desk();
});
after(() => browser?.close());

async function atDesk(screen = 'desktop', more = {}) {
  const context = await open(browser, { screen, ...more });
  await signInAs(context, city.staff.userName);
  const page = await context.newPage();
  return { context, page };
}
const paramsOf = (session) => `${session.name.split('/')[1]}/${session.name.split('/')[3]}`;
const said = (page, text) => page.locator('.toasts').getByText(text).waitFor();

test('a request is approved, another is offered another session, a third is declined with a reason', async () => {
  const session = await city.session(30, 120, { terms: { approvalKinds: ['GROUP'] } });
  const later = await city.session(60 * 26, 60 * 28);
  const [first, second, third] = [await book('demo-v010', session, 'GROUP', { adults: 11 }), await book('demo-v011', session, 'GROUP', { adults: 12 }), await book('demo-v012', session, 'GROUP', { adults: 13 })];
  const { context, page } = await atDesk();
  await visit(page, '/staff/inbox');
  const row = (heads) => page.locator('.item').filter({ hasText: `成人 ${heads}` });
  await row(11).click();
  await page.getByRole('button', { name: '批准', exact: true }).click();
  await said(page, '已批准');
  assert.equal((await call('demo-v010', 'GET', first.name)).state, 'CONFIRMED');

  await row(12).click();
  await page.getByRole('button', { name: '建议其他时间' }).click();
  await shot(page, 'desk-counter-offer-desktop-zh');
  await page.locator('dialog .alternative').first().click();
  await said(page, '建议其他时间');
  const offered = await call('demo-v011', 'GET', second.name);
  assert(offered.counterOffer.startsWith(`${later.name}/bookings/`), offered.counterOffer);

  await row(13).click();
  await page.getByRole('button', { name: '不批准' }).click();
  await page.getByRole('button', { name: '接待满了' }).click();
  await page.locator('dialog form').getByRole('button', { name: '不批准' }).click();
  await said(page, '不批准');
  const declined = await call('demo-v012', 'GET', third.name);
  assert.equal(declined.state, 'NOT_APPROVED');
  assert.match(declined.declineReason, /接待能力已满/);

  // Somebody asks while the page is open: it shows by itself.
  await book('demo-v013', session, 'GROUP', { adults: 14 });
  await row(14).waitFor();
  assertClean(context);
  await context.close();
});

test('a code is typed, a picture of one is read, and the second time it was used already', async () => {
  const session = await city.session(20, 100);
  const [first, second] = [await book('demo-v020', session, 'FAMILY', { adults: 2, pupils: 1 }), await book('demo-v021', session, 'PERSON', { adults: 1 })];
  const [typed, pictured] = [await codeOf('demo-v020', first), await codeOf('demo-v021', second)];
  const { context, page } = await atDesk('phone');
  await visit(page, `/staff/door/${paramsOf(session)}`);
  await page.getByText('已到 0 / 预约 4').waitFor();
  await page.locator('input[name=code]').fill(typed.slice(-6).toUpperCase());
  await page.getByRole('button', { name: '验票' }).click();
  await page.locator('.verdict[data-look=valid]').waitFor();
  // One of the children stayed at home.
  await page.getByRole('button', { name: '学生减一' }).click();
  await shot(page, 'desk-verdict-phone-zh', false);
  await page.getByRole('button', { name: '2 人入场' }).click();
  await page.getByText('请进').waitFor();
  const came = await call('demo-v020', 'GET', first.name);
  assert.equal(came.state, 'CHECKED_IN');
  assert.deepEqual([came.party.adults, came.party.pupils, came.inside], [2, 0, 2]);

  await page.getByRole('button', { name: '下一位' }).click();
  const picture = await QRCode.toBuffer(pictured, { errorCorrectionLevel: 'M', margin: 4, scale: 6 });
  await page.locator('input[type=file]').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture });
  await page.locator('.verdict[data-look=valid]').waitFor();
  await page.getByRole('button', { name: '1 人入场' }).click();
  await page.getByText('请进').waitFor();
  assert.equal((await call('demo-v021', 'GET', second.name)).state, 'CHECKED_IN');

  await page.getByRole('button', { name: '下一位' }).click();
  await page.locator('input[type=file]').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture });
  await page.locator('.verdict[data-look=used]').waitFor();
  assert.match(await page.locator('.verdict .why').innerText(), /^\d\d:\d\d 已经入场$/);
  await shot(page, 'desk-used-phone-zh', false);

  await page.getByRole('button', { name: '全部离场' }).click();
  await page.getByText('已离场').waitFor();
  assert.equal((await call('demo-v021', 'GET', second.name)).inside ?? 0, 0);

  await page.getByRole('button', { name: '下一位' }).click();
  await page.locator('input[name=code]').fill('a'.repeat(30));
  await page.getByRole('button', { name: '验票' }).click();
  await page.locator('.verdict[data-look=wrong]').waitFor();
  await page.getByRole('button', { name: '下一位' }).click();

  await page.getByRole('button', { name: '散客入场' }).click();
  await page.locator('dialog').getByRole('button', { name: '2 人入场' }).click();
  await page.getByText('请进').waitFor();
  const { bookings } = await call(city.staff.userName, 'GET', `${session.name}/bookings`);
  assert.equal(bookings.filter((one) => one.state === 'CHECKED_IN').length, 3);
  assertClean(context);
  await context.close();
});

test('without a network three codes are taken, sent when it is back, and what happened elsewhere meanwhile is told', async () => {
  const session = await city.session(20, 100);
  const users = ['demo-v030', 'demo-v031', 'demo-v032'];
  const bookings = [];
  for (const user of users) bookings.push(await book(user, session, 'FAMILY', { adults: 1, pupils: 2 }));
  const codes = [];
  for (const [at, user] of users.entries()) codes.push(await codeOf(user, bookings[at]));
  const { context, page } = await atDesk('phone');
  await visit(page, `/staff/door/${paramsOf(session)}`);
  await page.getByText('已到 0 / 预约 9').waitFor();
  await context.setOffline(true);
  await page.getByText('网络断开，正在用本机名单验票').waitFor();
  for (const code of codes) {
    await page.locator('input[name=code]').fill(code);
    await page.getByRole('button', { name: '验票' }).click();
    await page.locator('.verdict[data-look=valid]').waitFor();
    await page.getByRole('button', { name: '3 人入场' }).click();
    await page.getByText('已登记，待上传').waitFor();
    await page.getByRole('button', { name: '下一位' }).click();
  }
  // The same rules as online: what came is used, what nobody knows is noted, what is none is none.
  const says = async (code, look) => {
    await page.locator('input[name=code]').fill(code);
    await page.getByRole('button', { name: '验票' }).click();
    await page.locator(`.verdict[data-look=${look}]`).waitFor();
  };
  await says(codes[0], 'used');
  await page.getByRole('button', { name: '下一位' }).click();
  await says(`${codes[0].slice(0, 22)}aaaaaaaa`, 'wrong');
  await page.getByRole('button', { name: '下一位' }).click();
  await says(`b${'2'.repeat(29)}`, 'unknown');
  await shot(page, 'desk-unknown-phone-zh', false);
  await page.getByRole('button', { name: '先放行 1 人并登记' }).click();
  await page.getByText('已登记，待上传').waitFor();
  await page.getByRole('button', { name: '下一位' }).click();
  await page.locator('.queue').getByText('4 条待上传').waitFor();
  await shot(page, 'desk-offline-phone-zh');
  for (const [at, user] of users.entries()) assert.equal((await call(user, 'GET', bookings[at].name)).state, 'CONFIRMED');

  // Another door has a network, and lets the first one in.
  await call(city.staff.userName, 'POST', `${session.name}:checkIn`, { code: codes[0] });
  await context.setOffline(false);
  await page.locator('.report').waitFor();
  await page.locator('.queue').waitFor({ state: 'detached' });
  const report = await page.locator('.report').innerText();
  assert.match(report, /2 条离线登记与系统不一致/);
  assert.match(report, /之前已在别处入场/);
  assert.match(report, /不是真票/);
  await shot(page, 'desk-report-phone-zh');
  for (const [at, user] of users.entries()) assert.equal((await call(user, 'GET', bookings[at].name)).state, 'CHECKED_IN');
  const { records } = await call(city.staff.userName, 'GET', `${session.name}/doorRecords`);
  assert.deepEqual(records.map(({ outcome }) => outcome).sort(), ['DUPLICATE', 'NO_CODE', 'TAKEN', 'TAKEN']);

  // Settled once, it is settled after a reload too.
  await page.getByRole('button', { name: '已处理' }).first().click();
  await page.getByRole('button', { name: '已处理' }).first().click();
  await page.locator('.report').waitFor({ state: 'detached' });
  await page.reload();
  await page.getByText('已到 9 / 预约 9').waitFor();
  assert.equal(await page.locator('.report').count(), 0);
  assertClean(context);
  await context.close();
});

test('who comes a second time offline is told when they came, though another door let them in', async () => {
  const session = await city.session(20, 100);
  const booking = await book('demo-v035', session, 'FAMILY', { adults: 1, pupils: 1 });
  const code = await codeOf('demo-v035', booking);
  await call(city.staff.userName, 'POST', `${session.name}:checkIn`, { code });
  const came = new Date(Date.parse((await call('demo-v035', 'GET', booking.name)).checkInTime) + 8 * 3600e3).toISOString().slice(11, 16);
  const { context, page } = await atDesk('phone');
  await visit(page, `/staff/door/${paramsOf(session)}`);
  await page.getByText('已到 2 / 预约 2').waitFor();
  await context.setOffline(true);
  await page.getByText('网络断开，正在用本机名单验票').waitFor();
  await page.locator('input[name=code]').fill(code);
  await page.getByRole('button', { name: '验票' }).click();
  await page.locator('.verdict[data-look=used]').waitFor();
  assert.equal(await page.locator('.verdict .why').innerText(), `${came} 已经入场`);
  await context.close();
});

test('before the door opens it says from when, with a network and without', async () => {
  const session = await city.session(20, 100);
  const later = await city.session(180, 240);
  const booking = await book('demo-v036', later, 'FAMILY', { adults: 2, pupils: 1 });
  const code = await codeOf('demo-v036', booking);
  const { openTime } = await call(city.staff.userName, 'GET', `${later.name}:listDoor`);
  const opens = new Date(Date.parse(openTime) + 8 * 3600e3).toISOString().slice(11, 16);
  const { context, page } = await atDesk('phone');
  const early = async () => {
    await page.locator('input[name=code]').fill(code.slice(-6));
    await page.getByRole('button', { name: '验票' }).click();
    await page.locator('.verdict[data-look=early]').waitFor();
    assert.match(await page.locator('.verdict .why').innerText(), new RegExp(`^票有效，.*${opens} 开始检票$`));
    assert.equal(await page.getByRole('button', { name: '人入场' }).count(), 0);
  };
  await visit(page, `/staff/door/${paramsOf(later)}`);
  await page.locator('.opens').getByText(`${opens} 开始检票`).waitFor();
  await early();
  await shot(page, 'desk-early-phone-zh', false);
  await page.getByRole('button', { name: '下一位' }).click();
  await context.setOffline(true);
  await page.getByText('网络断开，正在用本机名单验票').waitFor();
  await early();
  await assertAccessible(page, 'desk-early');
  assert.equal((await call('demo-v036', 'GET', booking.name)).state, 'CONFIRMED');
  await context.setOffline(false);
  // The door of a session that takes people in says nothing of it.
  await visit(page, `/staff/door/${paramsOf(session)}`);
  await page.getByText('已到 0').waitFor();
  assert.equal(await page.locator('.opens').count(), 0);
  await context.close();
});

test('the clock of the device is compared with the server, and noted times are right all the same', async () => {
  const session = await city.session(20, 100);
  const booking = await book('demo-v040', session, 'PERSON', { adults: 1 });
  const code = await codeOf('demo-v040', booking);
  const { context, page } = await atDesk('phone');
  await page.clock.install({ time: Date.now() + 12 * 60_000 });
  await visit(page, `/staff/door/${paramsOf(session)}`);
  await page.getByText('本机时钟快了约 12 分钟').waitFor();
  await page.getByText('已到 0 / 预约 1').waitFor();
  await context.setOffline(true);
  await page.locator('input[name=code]').fill(code);
  await page.getByRole('button', { name: '验票' }).click();
  await page.getByRole('button', { name: '1 人入场' }).click();
  await page.getByText('已登记，待上传').waitFor();
  await context.setOffline(false);
  await page.locator('.queue').waitFor({ state: 'detached' });
  const came = await call('demo-v040', 'GET', booking.name);
  assert.equal(came.state, 'CHECKED_IN');
  assert(Math.abs(Date.parse(came.checkInTime) - Date.now()) < 60_000, came.checkInTime);
  await context.close();
});

test('without a camera the code is typed, and people are found by name', async () => {
  const session = await city.session(20, 100);
  await book('demo-v045', session, 'GROUP', { adults: 7 });
  const { context, page } = await atDesk('phone');
  await visit(page, `/staff/door/${paramsOf(session)}`);
  await page.getByText('已到 0 / 预约 7').waitFor();
  await page.getByRole('button', { name: '打开摄像头扫码' }).click();
  await page.getByText('可以输入票码').waitFor();
  const { entries } = await call(city.staff.userName, 'GET', `${session.name}:listDoor`);
  await page.getByRole('button', { name: '找人' }).click();
  await page.locator('dialog input[type=search]').fill(entries[0].code.slice(-4));
  await page.locator('dialog .found').click();
  await page.locator('.verdict[data-look=valid]').getByText('团体').waitFor();
  assertClean(context);
  await context.close();
});

test('the printed roster has every party and code', async () => {
  const session = await city.session(20, 100);
  const users = ['demo-v050', 'demo-v051'];
  const codes = [];
  for (const user of users) codes.push(await codeOf(user, await book(user, session, 'FAMILY', { adults: 1, pupils: 1 })));
  const { context, page } = await atDesk();
  await visit(page, `/staff/roster/${paramsOf(session)}`);
  await page.emulateMedia({ media: 'print' });
  const paper = await page.locator('#content').innerText();
  for (const code of codes) {
    assert(paper.includes(code.slice(-6).toUpperCase()), `no ${code.slice(-6)} in ${paper}`);
    assert(paper.replaceAll(' ', '').includes(code), `no ${code}`);
  }
  assert.match(paper, /2 组，共 4 人/);
  assert.equal(await page.locator('tbody .box:visible').count(), 2);
  await shot(page, 'desk-roster-print-zh');
  await page.emulateMedia({ media: 'screen' });
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出表格' }).click()]);
  assert.match(file.suggestedFilename(), /夜游科技馆.*\.csv/);
  await settled(page);
  assertClean(context);
  await context.close();
});
