// Caravans of an office: a vehicle that is added and corrected, single tours for requests and places, the week.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertClean, assertPlain, launch, settled, visit } from './browser.mjs';
import { ask, dayFrom, mark, start } from './office_acts.mjs';
import { openRequests } from './office_demo.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test('a vehicle is added with its kit, and its facts are corrected; a reload loses nothing', { timeout: 120_000 }, async () => {
  const { context, page } = await start(browser, 'demo-city');
  const name = `科普大篷车${mark()}`;
  await visit(page, '/office/fleet');
  await page.getByRole('button', { name: '新增车辆' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('中文名称').fill(name);
  await dialog.getByLabel('区县').selectOption('districts/yuzhong');
  await dialog.getByLabel('车牌').fill('渝A·T2026');
  await dialog.getByLabel('停放在哪个场馆').selectOption({ index: 1 });
  await dialog.getByLabel('目前里程（公里）').fill('100');
  await dialog.getByLabel('上次保养里程（公里）').fill('5000');
  await dialog.getByLabel('随车展品').fill('静电球\n\n激光竖琴\n静电球');
  // What was typed is there again after a reload.
  await page.reload();
  await settled(page);
  await page.getByRole('button', { name: '新增车辆' }).click();
  await dialog.getByText('这里恢复了您上次没有保存的内容').waitFor();
  assert.equal(await dialog.getByLabel('中文名称').inputValue(), name);
  assert.notEqual(await dialog.getByLabel('纬度').inputValue(), '');
  await dialog.getByRole('button', { name: '保存' }).click();
  // A service at more kilometres than the vehicle has gone: said beside the field.
  const wrong = dialog.getByLabel('上次保养里程（公里）');
  await dialog.locator('[aria-invalid=true]').first().waitFor();
  assert.equal(await wrong.getAttribute('aria-invalid'), 'true');
  await assertPlain(page, 'a refused caravan');
  await wrong.fill('50');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const { caravans } = await ask(context, 'caravans?district=districts/yuzhong&pageSize=100');
  const made = caravans.find(({ displayName }) => displayName.zh === name);
  assert.deepEqual([made.plate, made.kit, made.odometerKm, made.kind], ['渝A·T2026', ['静电球', '激光竖琴'], 100, 'CARAVAN']);
  assert(made.home.latitude > 25 && made.homePlace.zh, 'it stands at a venue');

  await page.getByRole('link', { name, exact: true }).first().click();
  await page.getByRole('button', { name: '修改资料' }).click();
  await dialog.getByLabel('每次出车人数').fill('4');
  await dialog.getByLabel('随车展品').fill('静电球');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const now = await ask(context, made.name);
  assert.deepEqual([now.crewNeeded, now.kit, now.odometerKm], [4, ['静电球'], 100]);
  assertClean(context);
  await context.close();
});

test('a request is granted by a tour that is checked first, and the tour is in the week and can be changed', { timeout: 180_000 }, async () => {
  const { context, page } = await start(browser, 'demo-city');
  const wanted = (await openRequests(context))[0];
  await visit(page, '/office/requests');
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: wanted.place.zh, exact: true }) });
  await card.first().getByRole('link', { name: '同意并安排' }).click();
  await page.getByRole('heading', { name: '安排行程' }).waitFor();
  await settled(page);
  const stop = page.locator('main fieldset').filter({ hasText: wanted.place.zh });
  await stop.first().waitFor();
  // A vehicle of its own, free on its days.
  await page.getByLabel('大篷车', { exact: true }).selectOption({ index: 0 });
  const title = `送展${mark()}`;
  await page.getByLabel('行程名称').fill(title);
  // In the night it cannot be: every problem stands under the stop, without resource names.
  await stop.getByLabel('结束', { exact: true }).fill(await stop.getByLabel('开始', { exact: true }).inputValue());
  await page.getByRole('button', { name: '先检查' }).click();
  await stop.locator('[aria-invalid=true]').first().waitFor();
  await assertPlain(page, 'a tour that cannot be');
  // Days by which the vehicle is free are tried one after another, as a planner would.
  const last = wanted.wishedDates.at(-1).lastDate;
  const end = `${last.year}-${String(last.month).padStart(2, '0')}-${String(last.day).padStart(2, '0')}`;
  await stop.getByLabel('结束', { exact: true }).fill('11:30');
  let feasible = false;
  for (let day = 2; day < 120 && dayFrom(day) <= end && !feasible; day += 3) {
    await stop.getByLabel('日期').fill(dayFrom(day));
    await page.getByRole('button', { name: '先检查' }).click();
    await page.locator('.note[class*=good], .note.warn').filter({ hasText: /可以安排|排不开/ }).waitFor();
    feasible = await page.getByText('可以安排。').isVisible();
    await assertPlain(page, `a tour on ${dayFrom(day)}`);
  }
  assert(feasible, 'some day does');
  const day = await stop.getByLabel('日期').inputValue();
  await page.getByRole('button', { name: '安排', exact: true }).click();
  await page.waitForURL(/\/office\/fleet\/[^/]+$/);
  const granted = await ask(context, wanted.name);
  assert.equal(granted.state, 'ACCEPTED');
  const tourName = granted.stop.split('/stops/')[0];
  assert.equal((await ask(context, tourName)).title.zh, title);

  // It is drawn in its week.
  await visit(page, '/office/fleet');
  const bar = page.getByRole('region', { name: '一周出车安排' }).getByRole('link', { name: new RegExp(title) });
  for (let week = 0; week < 20 && !(await bar.isVisible()); week += 1) {
    await page.getByRole('button', { name: '下一周' }).click();
    await bar.waitFor({ timeout: 1000 }).catch(() => undefined);
  }
  await bar.click();
  await settled(page);
  // And changed: a later hour.
  await page.getByRole('listitem').filter({ hasText: title }).getByRole('link', { name: '修改行程' }).click();
  await settled(page);
  await stop.getByLabel('结束', { exact: true }).fill('12:00');
  await page.getByRole('button', { name: '保存' }).click();
  await page.waitForURL(/\/office\/fleet\/[^/]+$/);
  const changed = await ask(context, tourName);
  assert.equal(changed.stops[0].endTime, new Date(`${day}T12:00:00+08:00`).toISOString().replace('.000', ''));
  assertClean(context);
  await context.close();
});

test('a school that nobody asked for gets a stop from the work list', { timeout: 120_000 }, async () => {
  const { context, page } = await start(browser, 'demo-city', { screen: 'phone' });
  await visit(page, '/office/reach');
  const link = page.getByRole('link', { name: /安排巡展/ }).first();
  const school = (await link.getAttribute('aria-label')).replace(/^为 | 安排巡展$/g, '');
  await link.click();
  await settled(page);
  await page.locator('main fieldset').filter({ hasText: school }).waitFor();
  await page.getByLabel('人数').fill('200');
  await page.getByRole('button', { name: '先检查' }).click();
  await page.getByText(/可以安排。|还排不开/).waitFor();
  await assertPlain(page, 'a stop at a school');
  assertClean(context);
  await context.close();
});
