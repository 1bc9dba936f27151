// The main jobs of those who plan a museum, as they do them: an exhibition whose hall is taken, a session that is moved by
// hand and by keyboard, a series with one date in the way, and a table of sessions with mistakes.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { account, assertAccessible, assertClean, launch, open, settled, shot, signIn, url, visit } from './browser.mjs';

let browser;
let token;
before(async () => (browser = await launch()));
after(() => browser?.close());

// A user has so many logins at once: the oldest ends when a test logs in.
async function logIn() {
  const { password } = account('demo-museum');
  const answer = await fetch(`${url}/v1/users:login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ userName: 'demo-museum', password }) });
  token = (await answer.json()).token;
}
async function call(method, path, body, again = true) {
  if (!token) await logIn();
  const answer = await fetch(`${url}/v1/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    body: body && JSON.stringify(body),
  });
  if (answer.status === 401 && again) {
    token = undefined;
    return call(method, path, body, false);
  }
  assert.equal(answer.status, 200, `${path}: ${await answer.clone().text()}`);
  return answer.json();
}
const day = 86400e3;
const key = (time) => new Date(time + 8 * 3600e3).toISOString().slice(0, 10);
const civil = (date) => ({ year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8)) });
const at = (date, time) => new Date(`${date}T${time}:00+08:00`).toISOString();
// A Wednesday some weeks ahead that no other run of the tests has; venues are shut on Mondays.
function someWednesday(weeks) {
  const noon = Date.parse(`${key(Date.now())}T12:00:00+08:00`) + (weeks + Math.floor(Math.random() * 12)) * 7 * day;
  return key(noon + ((3 - new Date(noon).getUTCDay() + 7) % 7) * day);
}
async function staff(path, screen = 'desktop') {
  const context = await open(browser, { screen });
  await signIn(context, 'demo-museum');
  const page = await context.newPage();
  await visit(page, path);
  return { context, page };
}
async function makeSession(date, space, from = '10:00', to = '11:00') {
  return call('POST', 'events/week-stars-lecture/sessions', {
    place: 'venues/cqstm', space: `venues/cqstm/spaces/${space}`, startTime: at(date, from), endTime: at(date, to), pools: [{ id: 'all', capacity: 30 }],
  });
}
const startOf = async (name) => (await call('GET', name)).startTime;
const hold = (name) => call('POST', `${name}:cancel`, { reason: '测试结束' });

test('a second exhibition in the same hall shows the clash before it is published, and one tap settles it', async () => {
  const first = someWednesday(20);
  const last = key(Date.parse(at(first, '12:00')) + 6 * day);
  const other = await call('POST', 'venues/cqstm/exhibitions:schedule', {
    exhibition: { title: { zh: '先来的展览' }, spaces: ['venues/cqstm/spaces/temporary-2'], firstDate: civil(first), lastDate: civil(last) },
  });
  const { context, page } = await staff('/staff/exhibitions/new');
  await page.getByLabel('展览名称').fill('后来的展览');
  await page.getByLabel('开展日期').fill(first);
  await page.getByLabel('闭展日期').fill(last);
  await page.getByLabel('二号临展厅', { exact: false }).first().check();
  await page.getByRole('button', { name: '保存草稿并检查冲突' }).click();
  await page.getByText('“先来的展览”').waitFor();
  assert.equal(await page.getByRole('button', { name: '发布展览' }).isDisabled(), true);
  await assertAccessible(page, 'exhibition with a clash');
  await shot(page, 'staff-exhibition-clash');
  await page.locator('.choice-button').last().click();
  await page.getByText('没有冲突，可以发布').waitFor();
  await page.getByRole('button', { name: '发布展览' }).click();
  await page.getByText('已发布', { exact: true }).waitFor();
  const made = await call('GET', `venues/cqstm/exhibitions/${page.url().split('/').pop()}`);
  assert.equal(made.state, 'SCHEDULED');
  assertClean(context);
  await context.close();
  for (const { name } of [other, made]) await call('POST', `${name}:cancel`, { reason: '测试结束' });
});

async function giveReason(page) {
  await page.getByText('没有冲突，可以保存').waitFor();
  await page.getByLabel('改期原因').fill('设备检修');
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

test('a session is dragged to another day, and by keyboard back, each time after what stands against it was looked at', async () => {
  const date = someWednesday(8);
  const session = await makeSession(date, 'classroom-1');
  const { context, page } = await staff(`/staff/timeline?zoom=week&day=${date}`);
  const bar = page.locator(`[data-bar="${session.name}"]`);
  await bar.scrollIntoViewIfNeeded();
  const box = await bar.boundingBox();
  const label = await bar.getAttribute('aria-label');
  const cell = await bar.locator('xpath=ancestor::td').boundingBox();
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 3 + cell.width / 14, box.y + box.height / 2, { steps: 4 });
  await page.mouse.move(box.x + box.width / 3 + cell.width / 7, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('dialog').waitFor();
  assert.equal(await startOf(session.name), session.startTime, 'nothing is saved before it is looked at');
  await giveReason(page);
  assert.equal(await startOf(session.name), new Date(Date.parse(session.startTime) + day).toISOString().replace('.000', ''));

  // The timeline follows by itself.
  await page.waitForFunction(([name, before]) => document.querySelector(`[data-bar="${name}"]`)?.getAttribute('aria-label') !== before, [session.name, label]);
  await settled(page);
  await bar.focus();
  await page.keyboard.press('m');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await giveReason(page);
  assert.equal(await startOf(session.name), session.startTime);
  assertClean(context);
  await context.close();
  await hold(session.name);
});

test('a drag onto what is taken says so, and a tap takes the nearest free time', async () => {
  const date = someWednesday(8);
  const [mine, theirs] = [await makeSession(date, 'classroom-2'), await makeSession(key(Date.parse(at(date, '12:00')) + day), 'classroom-2')];
  const { context, page } = await staff(`/staff/timeline?zoom=week&day=${date}`);
  await page.locator(`[data-bar="${mine.name}"]`).focus();
  await page.keyboard.press('m');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('Enter');
  await page.getByText('二号科学教室在这段时间已有安排').waitFor();
  await page.locator('.choice-button').first().click();
  await giveReason(page);
  assert.notEqual(await startOf(mine.name), mine.startTime);
  assertClean(context);
  await context.close();
  for (const { name } of [mine, theirs]) await hold(name);
});

test('a series of six with one date in the way: it is named before anything is made, and another time is taken', async () => {
  const date = someWednesday(10);
  const third = key(Date.parse(at(date, '12:00')) + 14 * day);
  const theirs = await makeSession(third, 'workshop', '10:00', '11:00');
  const { context, page } = await staff('/staff/events/week-stars-lecture/sessions/new');
  await page.getByLabel('日期').first().fill(date);
  await page.getByLabel('场地', { exact: true }).selectOption({ value: 'venues/cqstm/spaces/workshop' });
  await page.getByLabel('重复（生成一个系列）').check();
  await page.getByText('6 场中有 1 场冲突').waitFor();
  assert.equal(await page.getByRole('button', { name: '创建 6 场' }).isDisabled(), true);
  await assertAccessible(page, 'series with a clash');
  await shot(page, 'staff-series-clash');
  await page.locator('tr.conflict button').first().click();
  await page.getByText('6 场都没有冲突').waitFor();
  await page.getByRole('button', { name: '创建 6 场' }).click();
  await page.waitForURL(/\/series\//);
  await page.getByText('已建 6 场').waitFor();
  const series = await call('GET', `events/week-stars-lecture/series/${page.url().split('/').pop()}`);
  assert.equal(series.made, 6);
  assertClean(context);
  await context.close();
  await call('POST', `${series.name}:cancel`, { scope: 'ALL', reason: '测试结束' });
  await hold(theirs.name);
});

test('a table with mistakes gives a list of rows with reasons and a file to correct; what is right is made', async () => {
  const date = someWednesday(30);
  const { context, page } = await staff('/staff/import');
  const rows = ['event,date,start,end,space,capacity,party_min,party_max', `week-stars-lecture,${date},09:30,10:30,classroom-1,20,1,5`, `=cmd|x,${date},25:00,10:30,nowhere,0,,`];
  for (let row = 0; row < 4997; row += 1) rows.push(`week-stars-lecture,2020-01-01,09:30,10:30,,20,,`);
  await page.locator('#csv-file').setInputFiles({ name: 'sessions.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
  await page.getByText('4999 行，其中 4998 行有问题').waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载需要改正的行' }).click()]);
  const text = readFileSync(await file.path(), 'utf8');
  assert(text.startsWith('\uFEFF'));
  assert.match(text, /'=cmd\|x/);
  await page.getByRole('button', { name: '导入 1 行' }).click();
  await page.getByText('导入完成：成功 1 行').waitFor();
  const { sessions } = await call('GET', 'events/week-stars-lecture/sessions?pageSize=100');
  const made = sessions.find(({ startTime }) => startTime === at(date, '09:30').replace('.000', ''));
  assert(made, 'the session is there');
  assertClean(context);
  await context.close();
  await hold(made.name);
});

test('a closure tells what it would hit before anything is closed', async () => {
  const date = someWednesday(40);
  const reason = `换灯 ${Date.now() % 1e6}`;
  const session = await makeSession(date, 'dome');
  const { context, page } = await staff('/staff/halls', 'phone');
  await page.getByRole('button', { name: '安排闭馆' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('从', { exact: true }).fill(date);
  await dialog.getByLabel('到', { exact: true }).fill(date);
  await dialog.getByLabel('球幕影院').check();
  await dialog.getByLabel('原因', { exact: true }).fill(reason);
  await dialog.getByRole('button', { name: '先看影响' }).click();
  await dialog.getByText('会影响 1 项安排').waitFor();
  await shot(page, 'staff-closure-preview', false);
  assert.equal((await call('GET', 'venues/cqstm/closures')).closures?.some((one) => one.reason.zh === reason) ?? false, false);
  await dialog.getByRole('button', { name: '确认闭馆' }).click();
  await page.getByText(reason).waitFor();
  await page.getByRole('button', { name: '提前结束' }).last().click();
  await page.getByRole('dialog').getByRole('button', { name: '立即恢复开放' }).click();
  await page.getByText('没有进行中或将来的临时闭馆').waitFor();
  assertClean(context);
  await context.close();
  await hold(session.name);
});
