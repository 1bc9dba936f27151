// The rest of the desk's work in the browser: the day of a caravan's crew, figures, the record of an event, hours of volunteers.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, launch, open, settled, shot, visit } from './browser.mjs';
import { book, call, codeOf, desk, inMinutes, person, signInAs } from './desk_city.mjs';

let browser;
let city;
before(async () => {
  browser = await launch();
  city = await desk([['caravan_crew', 'caravans/cq-1']]);
});
after(() => browser?.close());

async function atDesk(screen) {
  const context = await open(browser, { screen });
  await signInAs(context, city.staff.userName);
  return { context, page: await context.newPage() };
}

// A tour of two stops on some day on which the caravan has time.
async function tour() {
  const stop = (day, from, to, latitude, longitude, place) => ({ host: 'schools/liangjiang-boya-k', district: 'districts/liangjiang', location: { latitude, longitude }, place: { zh: place }, startTime: `${day}T${from}:00Z`, endTime: `${day}T${to}:00Z`, heads: 60, classes: 1 });
  for (let tries = 0; tries < 20; ++tries) {
    const day = new Date(Date.now() + Math.floor(3 + Math.random() * 80) * 86400e3).toISOString().slice(0, 10);
    const made = await call('demo-city', 'POST', 'caravans/cq-1/tours', { title: { zh: '两江校园行' }, stops: [stop(day, '02:00', '03:00', 29.6, 106.6, '示例博雅幼儿园'), stop(day, '06:00', '07:00', 29.65, 106.7, '示例云岭小学')] }, [200, 400]);
    if (made.name) return { day, made };
  }
  throw new Error('the caravan never has time');
}

test('the crew sees its stops, ticks off the kit, and reports the odometer with a fault', async () => {
  const { day } = await tour();
  const { context, page } = await atDesk('phone');
  await visit(page, '/staff/crew');
  await page.locator('input[type=date]').first().fill(day);
  await page.getByRole('heading', { name: '1. 示例博雅幼儿园' }).waitFor();
  await page.getByRole('heading', { name: '2. 示例云岭小学' }).waitFor();
  await settled(page);
  await assertAccessible(page, 'desk-crew');
  await shot(page, 'desk-crew-day-phone-zh');
  const kit = page.locator('.choice input[type=checkbox]');
  await kit.first().check();
  await page.getByText(/还有 \d+ 件未清点/).waitFor();
  const before_ = (await call('demo-city', 'GET', 'caravans/cq-1')).odometerKm;
  const fault = `后灯不亮 ${Date.now()}`;
  await page.getByLabel('里程表读数（公里）').fill(String(before_ + 3));
  await page.getByLabel(/^故障/).fill(fault);
  await page.getByRole('button', { name: '提交', exact: true }).click();
  await page.locator('.toasts').getByText('已登记').waitFor();
  const now = await call('demo-city', 'GET', 'caravans/cq-1');
  assert.equal(now.odometerKm, before_ + 3);
  assert(now.openFaults.includes(fault));
  assertClean(context);
  await context.close();
});

test('a number is changed and the list says so by itself, who waits is seen in line and taken off it', async () => {
  const session = await city.session(60 * 30, 60 * 31, { pools: [{ id: 'all', capacity: 6 }] });
  const booking = await book('demo-v082', session, 'FAMILY', { adults: 2, pupils: 3 });
  await call('demo-v083', 'POST', `${session.name}/waitEntries:join`, { waitEntry: { kind: 'FAMILY', party: { adults: 4 } } });
  const { context, page } = await atDesk('phone');
  await visit(page, '/staff/inbox?box=coming');
  await page.locator('.item').filter({ hasText: '学生 3' }).click();
  await page.getByRole('button', { name: '修改人数' }).click();
  await page.locator('dialog').getByRole('button', { name: '学生加一' }).click();
  await page.locator('dialog').getByRole('button', { name: '保存' }).click();
  await page.locator('.toasts').getByText('人数已修改').waitFor();
  assert.equal((await call('demo-v082', 'GET', booking.name)).party.pupils, 4);
  await page.locator('.item').filter({ hasText: '学生 4' }).waitFor();
  await page.getByRole('button', { name: /^候补/ }).click();
  await page.locator('.item').filter({ hasText: '成人 4' }).click();
  await page.locator('dialog').getByText('候补第 1 位').waitFor();
  await shot(page, 'desk-wait-entry-phone-zh', false);
  await page.getByRole('button', { name: '移出候补' }).click();
  await page.locator('.toasts').getByText('已移出候补').waitFor();
  const { waitEntries } = await call(city.staff.userName, 'GET', `${session.name}/waitEntries`);
  assert(!(waitEntries ?? []).some((one) => one.state === 'WAITING'), JSON.stringify(waitEntries));
  assertClean(context);
  await context.close();
});

test('the day sheet on paper has sessions, rooms and people, and nothing to press', async () => {
  const session = await city.session(60 * 50, 60 * 51);
  await book('demo-v084', session, 'FAMILY', { adults: 2, pupils: 1 });
  const day = new Date(Date.parse(session.startTime) + 8 * 3600e3).toISOString().slice(0, 10);
  const { context, page } = await atDesk('desktop');
  await visit(page, '/staff/day');
  await page.locator('input[type=date]').fill(day);
  await page.locator('tbody').getByText('夜游科技馆').first().waitFor();
  await page.emulateMedia({ media: 'print' });
  const paper = await page.locator('#content').innerText();
  assert.match(paper, /夜游科技馆/);
  assert.match(paper, /3 \/ 60/);
  assert.equal(await page.locator('button:visible, nav:visible, input:visible').count(), 0);
  await shot(page, 'desk-day-print-zh');
  const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type ?\/Page\b(?!s)/g);
  assert.equal(sheets?.length, 1);
  await context.close();
});

test('who came shows in the figures, with a table and a spreadsheet', async () => {
  const session = await city.session(10, 60);
  const booking = await book('demo-v080', session, 'FAMILY', { adults: 2, pupils: 2 });
  await call(city.staff.userName, 'POST', `${session.name}:checkIn`, { code: await codeOf('demo-v080', booking) });
  const { context, page } = await atDesk('desktop');
  await visit(page, '/staff/figures');
  await page.locator('.tiles .card').filter({ hasText: '到访人次' }).getByText('4', { exact: true }).waitFor();
  await page.locator('.chart canvas').first().waitFor({ timeout: 60_000 });
  const kinds = page.locator('section.card').filter({ hasText: '按类型的到访人次' });
  await kinds.getByText('数据表').click();
  assert.match(await kinds.locator('tbody').innerText(), /家庭\s+4/);
  const [file] = await Promise.all([page.waitForEvent('download'), kinds.getByRole('button').click()]);
  assert.equal(file.suggestedFilename(), '按类型的到访人次.csv');
  await shot(page, 'desk-figures-filled-desktop-zh');
  await assertAccessible(page, 'desk-figures');
  assertClean(context);
  await context.close();
});

test('a record is drafted, and filing it before the event is over is refused in words', async () => {
  await city.session(60 * 24, 60 * 25);
  const { context, page } = await atDesk('desktop');
  await visit(page, `/staff/evaluation/${city.id}`);
  await page.getByLabel('总结').fill('大家都看到了星星。');
  await page.getByRole('button', { name: '保存草稿' }).click();
  await page.locator('.toasts').getByText('草稿已保存').waitFor();
  const record = await call(city.staff.userName, 'GET', `evaluations/${city.id}`);
  assert.equal(record.state, 'DRAFT');
  assert.equal(record.summary.zh, '大家都看到了星星。');
  await page.getByRole('button', { name: '提交评估' }).click();
  await page.locator('[role=alert]').first().waitFor();
  await shot(page, 'desk-evaluation-refused-desktop-zh');
  assertClean(context);
  await context.close();
});

test('hours of a volunteer are changed with a reason', async () => {
  const shift = await call(city.staff.userName, 'POST', 'shifts', { place: city.venue.name, startTime: inMinutes(1), endTime: inMinutes(61), needed: 2, role: { zh: '展厅讲解', en: 'Explaining' } }, [200, 400]);
  assert(shift.name, JSON.stringify(shift));
  // Somebody new, who has no other shift at that time.
  const { userName } = await person(`${city.id}-helper`);
  await call(userName, 'POST', 'volunteers:register', { volunteer: { district: 'districts/liangjiang', birthYearBand: 1995, languages: ['zh'] } });
  const signup = await call(userName, 'POST', `${shift.name}:signUp`, {});
  await call(city.staff.userName, 'POST', `${signup.name}:checkIn`, {});
  await call(city.staff.userName, 'POST', `${signup.name}:checkOut`, {});
  const { context, page } = await atDesk('phone');
  await visit(page, '/staff/hours');
  await page.getByRole('button', { name: /^改时长/ }).click();
  await page.getByLabel('改为（分钟）').fill('30');
  await page.getByLabel('理由').fill('提前布场');
  await shot(page, 'desk-hours-dialog-phone-zh', false);
  await page.locator('dialog').getByRole('button', { name: '通过' }).click();
  await page.locator('.toasts').getByText('时长已通过').waitFor();
  const after_ = await call(city.staff.userName, 'GET', signup.name);
  assert(['APPROVED', 'RECORDED'].includes(after_.hoursState), after_.hoursState);
  assert.equal(after_.minutes, 30);
  assertClean(context);
  await context.close();
});
