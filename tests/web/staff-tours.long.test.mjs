// Tours of caravans and shifts of people, as those who plan them do it: proposals are read on the map, arranged and adopted; a
// stop is dragged to another day, with the keyboard too; what stands against it is said first, with what would do.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, launch, open, settled, shot, signIn, visit } from './browser.mjs';
import { call } from './desk_city.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const day = 86400e3;
const dateOf = (time) => new Date(time + 8 * 3600e3).toISOString().slice(0, 10);
async function staff(path, { user = 'demo-city', screen = 'desktop', language = 'zh' } = {}) {
  const context = await open(browser, { screen, language });
  await signIn(context, user);
  const page = await context.newPage();
  await visit(page, path);
  return { context, page };
}
async function plannedTours() {
  const { tours } = await call('demo-city', 'GET', 'caravans/-/tours?pageSize=100');
  return tours.filter(({ state }) => state === 'PLANNED');
}
const dragBy = async (page, bar, days) => {
  await bar.scrollIntoViewIfNeeded();
  const [box, cell] = [await bar.boundingBox(), await bar.locator('xpath=ancestor::td').boundingBox()];
  const [x, y, by] = [box.x + box.width / 3, box.y + box.height / 2, (cell.width / 7) * days];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const part of [0.5, 1]) await page.mouse.move(x + by * part, y, { steps: 4 });
  await page.mouse.up();
};

test('proposals are shown with stops and times, one is arranged, checked and all are adopted', async () => {
  const before = (await plannedTours()).length;
  const { context, page } = await staff('/staff/tours');
  await page.getByLabel('开始日期').fill(dateOf(Date.now() + 14 * day));
  await page.getByLabel('结束日期').fill(dateOf(Date.now() + 40 * day));
  await page.getByRole('button', { name: '生成排线建议' }).click();
  await page.locator('.proposal').first().waitFor({ timeout: 60_000 });
  const count = await page.locator('.proposal').count();
  const first = page.locator('.proposal').first();
  assert.match(await first.locator('ol li').first().innerText(), /\d{2}:\d{2}–\d{2}:\d{2}/);
  assert(await page.locator('svg text.mark').count() >= count, 'stops are numbered on the map');
  await settled(page);
  await assertAccessible(page, 'tour proposals');
  await shot(page, 'staff-tours-proposals-desktop-zh');

  // Another time on the same day.
  await first.getByRole('button', { name: '调整' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/没有冲突|可以改为|保养|一天|过晚/).first().waitFor();
  const from = dialog.locator('input[type=time]').nth(0);
  const to = dialog.locator('input[type=time]').nth(1);
  const [began, ended] = [await from.inputValue(), await to.inputValue()];
  const by = (text, minutes) => new Date(Date.parse(`2000-01-01T${text}:00Z`) + minutes * 60_000).toISOString().slice(11, 16);
  // What fits depends on the way to the next stop: the first that the check finds possible is taken.
  const fine = dialog.getByText('没有冲突，路上时间也够');
  let start = '';
  for (const minutes of [30, 15, -15, -30, 5, -5]) {
    start = by(began, minutes);
    await from.fill(start);
    await to.fill(by(ended, minutes));
    await to.blur();
    await page.waitForTimeout(400);
    await dialog.locator('[role=status] .note').first().waitFor();
    if (await fine.count()) break;
  }
  await fine.waitFor();
  await dialog.getByRole('button', { name: '用这个安排' }).click();
  await dialog.waitFor({ state: 'detached' });
  await first.getByText('已调整').waitFor();
  await first.locator('.note').first().waitFor();
  assert.match(await first.locator('ol li').first().innerText(), new RegExp(start));
  for (let index = 2; index < count; ++index) await page.locator('.proposal input[type=checkbox]').nth(index).uncheck();
  const adopt = Math.min(2, count);
  await page.getByRole('button', { name: `采纳选中的 ${adopt} 条` }).click();
  await page.locator('.toasts').getByText(`已采纳 ${adopt} 条行程`).waitFor();
  const after_ = await plannedTours();
  assert.equal(after_.length, before + adopt);
  assert(after_.some(({ stops }) => stops[0].startTime.includes(`T${String((Number(start.slice(0, 2)) + 16) % 24).padStart(2, '0')}:${start.slice(3)}`)), 'as it was arranged');
  assertClean(context);
  await context.close();
});

test('a stop is dragged to another day: ways and wishes are checked first, and a tap takes what would do', async () => {
  const tour = (await plannedTours()).find(({ name, stops }) => stops.length && name.includes('/tours/') && Date.parse(stops[0].startTime) > Date.now() + 7 * day);
  assert(tour, 'a tour is planned');
  const stop = tour.stops[0];
  const { context, page } = await staff('/staff/tours');
  const bar = page.locator(`[data-bar="${stop.name}"]`);
  const next = page.getByRole('button', { name: '往后' });
  for (let tries = 0; tries < 8 && !(await bar.count()); ++tries) await next.click();
  const weekday = new Date(Date.parse(stop.startTime) + 8 * 3600e3).getUTCDay();
  const by = weekday >= 1 && weekday <= 4 ? 1 : -1;
  await dragBy(page, bar, by);
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await dialog.locator('[role=status] .note').first().waitFor();
  assert.equal((await call('demo-city', 'GET', tour.name)).stops[0].startTime, stop.startTime, 'nothing is saved before it is looked at');
  await assertAccessible(page, 'tour dialog');
  await shot(page, 'staff-tour-dialog-desktop-zh', false);
  // By hand: a day that nobody wished for says so, with the days that would do.
  const dates = dialog.locator('input[type=date]');
  const wished = tour.stops.some(({ stopRequest }) => stopRequest);
  if (wished) {
    await dates.first().fill(dateOf(Date.now() + 80 * day));
    await dates.first().blur();
    await dialog.getByText('希望的日期是').first().waitFor();
    assert.doesNotMatch(await dialog.innerText(), /stopRequests\/|caravans\//);
    await dialog.locator('.choice-button').first().click();
    await dialog.getByText('没有冲突，路上时间也够').or(dialog.locator('.choice-button').first()).first().waitFor();
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  // The whole tour by the keyboard, one day on, when nothing stands against it.
  await bar.focus();
  await page.keyboard.press('m');
  await page.keyboard.press('Control+ArrowRight');
  await page.keyboard.press('Control+ArrowLeft');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await dialog.getByText('没有冲突，路上时间也够').waitFor();
  await dialog.getByRole('button', { name: '保存' }).click();
  await page.locator('.toasts').getByText('行程已改').waitFor();
  const now = await call('demo-city', 'GET', tour.name);
  assert.equal(Date.parse(now.stops[0].startTime), Date.parse(stop.startTime) + 15 * 60_000);
  assertClean(context);
  await context.close();
});

test('a planned tour is cancelled with a reason, and its requests wait again', async () => {
  const tour = (await plannedTours()).at(-1);
  const { context, page } = await staff('/staff/tours', { screen: 'phone' });
  await page.getByRole('button', { name: '取消行程' }).last().click();
  await page.getByRole('dialog').getByLabel('原因').fill('道路施工');
  await page.getByRole('dialog').getByRole('button', { name: '取消行程' }).click();
  await page.locator('.toasts').getByText('行程已取消').waitFor();
  const left = await plannedTours();
  assert.equal(left.some(({ name }) => name === tour.name), false);
  assertClean(context);
  await context.close();
});

test('a shift is dragged to another day: whom that hits is said first, and who signed up moves along', async () => {
  const from = Date.parse(`${dateOf(Date.now() + 40 * day)}T02:00:00Z`);
  const monday = from - (((new Date(from).getUTCDay() + 6) % 7) - 1) * day; // a Tuesday
  const [startTime, endTime] = [monday, monday + 2 * 3600e3].map((time) => new Date(time).toISOString());
  const what = `搬运${Date.now() % 100000}`;
  const shift = await call('demo-museum', 'POST', 'shifts', { place: 'venues/cqstm', startTime, endTime, needed: 3, role: { zh: what } });
  const signup = await call('demo-v060', 'POST', `${shift.name}:signUp`);
  const { context, page } = await staff(`/staff/timeline?zoom=week&day=${dateOf(monday)}`, { user: 'demo-museum' });
  const bar = page.locator(`[data-bar="${shift.name}"]`);
  await dragBy(page, bar, 1);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('1 位已报名的人会随班次改期并收到通知').waitFor();
  await dialog.getByText('场馆当天开放').waitFor();
  assert.equal(Date.parse((await call('demo-museum', 'GET', shift.name)).startTime), monday);
  await dialog.getByLabel('原因').fill('展厅布展');
  await shot(page, 'staff-shift-change-desktop-zh', false);
  await dialog.getByRole('button', { name: '保存' }).click();
  await page.locator('.toasts').getByText('班次已改').waitFor();
  const moved = await call('demo-museum', 'GET', shift.name);
  assert.equal(Date.parse(moved.startTime), monday + day);
  assert.equal(moved.moveReason, '展厅布展');
  assert.equal(moved.signedUp, 1);
  const place = await call('demo-v060', 'GET', signup.name);
  assert.equal(place.state, 'SIGNED_UP');
  assert.equal(Date.parse(place.startTime), monday + day);

  // How many are needed is changed where it stands.
  await visit(page, '/staff/shifts');
  await page.getByLabel('时间范围').selectOption('90');
  const row = page.locator('tr', { hasText: what });
  await row.getByRole('button', { name: '修改' }).click();
  await dialog.getByLabel('需要人数').fill('5');
  await dialog.getByRole('button', { name: '保存' }).click();
  await row.getByText('1／5 人').waitFor();
  assert.equal((await call('demo-museum', 'GET', shift.name)).needed, 5);
  await row.getByRole('button', { name: '取消' }).click();
  await dialog.getByLabel('原因').fill('测试结束');
  await dialog.getByRole('button', { name: '取消班次' }).click();
  await row.waitFor({ state: 'detached' });
  assert.equal((await call('demo-museum', 'GET', shift.name)).state, 'CANCELLED');
  assertClean(context);
  await context.close();
});
