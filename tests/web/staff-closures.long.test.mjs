// A closure and what it does to a session with people in it: what it hits is shown, then marked, and gone when it reopens. And a
// series of sessions of which one date, and then all, are changed.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, launch, shot, visit } from './browser.mjs';
import { book, call, desk, pageAs } from './desk_city.mjs';

let browser;
let city;
before(async () => {
  browser = await launch();
  city = await desk();
});
after(() => browser?.close());

const staff = (...at) => pageAs(browser, city.staff.userName, ...at);
const dateOf = (time) => new Date(Date.parse(time) + 8 * 3600e3).toISOString().slice(0, 10);
const pageOf = ({ name }) => `/staff/events/${name.split('/')[1]}/sessions/${name.split('/')[3]}`;

test('a closure marks the session it hits and says so where it stands; reopening takes the mark away', async () => {
  const session = await city.session(60 * 48, 60 * 50);
  await book('demo-v090', session, 'FAMILY', { adults: 2, pupils: 1 });
  const { context, page } = await staff('/staff/halls');
  await page.getByRole('button', { name: '安排闭馆' }).click();
  const dialog = page.getByRole('dialog');
  const [first, last] = [dateOf(session.startTime), dateOf(session.endTime)];
  await dialog.getByLabel('从', { exact: true }).fill(first);
  await dialog.getByLabel('开始').fill('00:00');
  await dialog.getByLabel('到', { exact: true }).fill(last);
  await dialog.getByLabel('结束').fill('23:59');
  await dialog.getByLabel('原因', { exact: true }).fill('停电检修');
  await dialog.getByRole('button', { name: '先看影响' }).click();
  await dialog.getByText('会影响 1 项安排，共 3 人').waitFor();
  await dialog.getByText('夜游科技馆').waitFor();
  await dialog.getByRole('button', { name: '确认闭馆' }).click();
  await page.getByText('影响 1 项').waitFor();
  await page.getByText('受影响的安排').click();
  await page.getByText('受影响的场次暂停新预约').waitFor();
  await assertAccessible(page, 'a closure that stands');
  await shot(page, 'staff-closure-standing-desktop-zh');
  for (let tries = 0; tries < 40 && !(await call(city.staff.userName, 'GET', session.name)).disruptedBy?.length; ++tries) await new Promise((resolve) => setTimeout(resolve, 250));
  await page.getByRole('link', { name: '夜游科技馆' }).click();
  await page.getByText('闭馆影响').first().waitFor();
  assert.equal((await call('demo-v091', 'POST', `${session.name}/bookings`, { kind: 'PERSON', party: { adults: 1 } }, [400, 409])).details[0].reason, 'SESSION_DISRUPTED');

  await visit(page, '/staff/halls');
  await page.getByRole('button', { name: '提前结束' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '立即恢复开放' }).click();
  await page.getByText('没有进行中或将来的临时闭馆').waitFor();
  for (let tries = 0; tries < 40 && (await call(city.staff.userName, 'GET', session.name)).disruptedBy?.length; ++tries) await new Promise((resolve) => setTimeout(resolve, 250));
  assert.equal((await call(city.staff.userName, 'GET', session.name)).disruptedBy?.length ?? 0, 0);
  await visit(page, pageOf(session));
  assert.equal(await page.getByText('闭馆影响').count(), 0);
  assertClean(context);
  await context.close();
});

test('of a series one date gets more places, the last is cancelled with a reason, then all that are left', async () => {
  const { context, page } = await staff(`/staff/events/${city.event.name.split('/')[1]}/sessions/new`);
  await page.getByLabel('日期').first().fill(dateOf(new Date(Date.now() + 10 * 86400e3).toISOString()));
  await page.getByLabel('重复（生成一个系列）').check();
  await page.getByLabel('次数').fill('3');
  await page.getByText('3 场都没有冲突').waitFor();
  await page.getByRole('button', { name: '创建 3 场' }).click();
  await page.waitForURL(/\/series\//);
  await page.getByText('已建 3 场').waitFor();
  const name = `${city.event.name}/series/${page.url().split('/').pop()}`;
  const seriesNow = () => call(city.staff.userName, 'GET', name);
  const settled = async () => {
    for (let tries = 0; tries < 60 && (await seriesNow()).state !== 'DONE'; ++tries) await new Promise((resolve) => setTimeout(resolve, 250));
    return Promise.all((await seriesNow()).occurrences.map(({ session }) => call(city.staff.userName, 'GET', session)));
  };
  const dialog = page.getByRole('dialog');
  await page.locator('tbody tr').nth(1).getByRole('button', { name: '修改' }).click();
  await dialog.getByLabel('名额数').fill('77');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'detached' }).catch(async () => assert.fail(await dialog.innerText()));
  const capacities = (await settled()).map(({ pools }) => pools[0].capacity);
  assert.equal(capacities[1], 77);
  assert.notEqual(capacities[0], 77);

  await page.locator('tbody tr').nth(2).getByRole('button', { name: '取消' }).click();
  await dialog.getByLabel('这一场及以后').check();
  await dialog.getByLabel('原因').fill('老师请假');
  await dialog.getByRole('button', { name: '取消场次' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual((await settled()).map(({ state }) => state), ['SCHEDULED', 'SCHEDULED', 'CANCELLED']);
  await page.getByText('已取消').first().waitFor();
  await shot(page, 'staff-series-desktop-zh');

  await page.locator('tbody tr').nth(0).getByRole('button', { name: '取消' }).click();
  await dialog.getByLabel('所有未开始的').check();
  await dialog.getByLabel('原因').fill('活动停办');
  await dialog.getByRole('button', { name: '取消场次' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual((await settled()).map(({ state }) => state), ['CANCELLED', 'CANCELLED', 'CANCELLED']);
  assertClean(context);
  await context.close();
});
