// What the offices' registers come to: entries merged, a venue that ends, a title revoked, holidays, and the audit by days.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, assertPlain, launch, settled, visit } from './browser.mjs';
import { ask, dayFrom, mark, passPassword, start } from './office_acts.mjs';
import { call } from './school_setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const city = 'demo-city';
const makeVenue = async () => {
  const id = `t-${mark()}`;
  const displayName = { zh: `测试展馆${id}`, en: `Test venue ${id}` };
  await call(city, 'POST', `venues?venueId=${id}`, { displayName, kind: 'MUSEUM', district: 'districts/liangjiang' });
  return { name: `venues/${id}`, called: displayName.zh };
};
async function edit(page, register, called) {
  await visit(page, `/office/registers/${register}`);
  await page.getByLabel('按名称查找').fill(called);
  await page.getByRole('button', { name: `修改 ${called}` }).click();
  return page.getByRole('dialog').first();
}

test('a school is merged into another', { timeout: 120_000 }, async () => {
  const made = [];
  for (const one of ['甲', '乙']) {
    const id = `t-${mark()}-${made.length}`;
    const called = `合并小学${one}${id}`;
    await call(city, 'POST', `schools?schoolId=${id}`, { displayName: { zh: called }, stage: 'PRIMARY', district: 'districts/liangjiang' });
    made.push({ name: `schools/${id}`, called });
  }
  const { context, page } = await start(browser, city);
  const dialog = await edit(page, 'schools', made[0].called);
  await dialog.getByRole('button', { name: '并入其他单位' }).click();
  await dialog.getByLabel('并入或划入').selectOption(made[1].name);
  await dialog.getByRole('button', { name: '并入其他单位' }).click();
  await passPassword(page, city, () => dialog.waitFor({ state: 'hidden' }));
  assert.equal((await ask(context, made[0].name)).mergedInto, made[1].name);
  // What was merged is in the list no more; what it went into is.
  await page.getByRole('rowheader', { name: made[0].called }).waitFor({ state: 'detached' });
  await page.getByLabel('按名称查找').fill(made[1].called);
  await page.getByRole('rowheader', { name: made[1].called }).waitFor();
  assertClean(context);
  await context.close();
});

test('a venue is retired after a look at what it hits, and restored', { timeout: 120_000 }, async () => {
  const { context, page } = await start(browser, city);
  // Of the museum only a look: what the service would hit is what is told.
  const busy = await edit(page, 'venues', '重庆科技馆');
  await busy.getByRole('button', { name: '停用场馆' }).click();
  const day = dayFrom(1);
  await busy.getByLabel('停用日期').fill(day);
  await busy.getByRole('button', { name: '查看影响' }).click();
  const [year, month, date] = day.split('-').map(Number);
  const { hitCount } = await call(city, 'POST', 'venues/cqstm:retire', { retireDate: { year, month, day: date }, validateOnly: true });
  assert(hitCount > 0, 'the demo city has something on there');
  await busy.getByText(new RegExp(`还有 ${hitCount.toLocaleString('zh-CN')} 项安排`)).waitFor();
  await assertPlain(page, 'what the end of a venue hits');
  await assertAccessible(page, 'what the end of a venue hits');
  assert.equal((await ask(context, 'venues/cqstm')).retireDate ?? null, null);

  const venue = await makeVenue();
  const dialog = await edit(page, 'venues', venue.called);
  await dialog.getByRole('button', { name: '停用场馆' }).click();
  await dialog.getByLabel('停用日期').fill(day);
  await dialog.getByRole('button', { name: '查看影响' }).click();
  await dialog.getByText('这一天以后没有安排。').waitFor();
  await dialog.getByRole('button', { name: /起停用$/ }).click();
  await passPassword(page, city, () => dialog.waitFor({ state: 'hidden' }));
  assert.deepEqual((await ask(context, venue.name)).retireDate, { year, month, day: date });
  const again = await edit(page, 'venues', venue.called);
  await again.getByText(/^计划.*起停用。$/).waitFor();
  await again.getByRole('button', { name: '恢复使用' }).click();
  await passPassword(page, city, () => again.waitFor({ state: 'hidden' }));
  assert.equal((await ask(context, venue.name)).retireDate ?? null, null);
  assertClean(context);
  await context.close();
});

test('a title is revoked with its reason', { timeout: 120_000 }, async () => {
  const venue = await makeVenue();
  const title = await call(city, 'POST', 'titles:register', { title: { holder: venue.name, kind: 'SCIENCE_BASE', level: 'TITLE_LEVEL_MUNICIPAL', category: 'BASE_CATEGORY_VENUE' }, source: '渝科委发〔2024〕18 号' });
  const { context, page } = await start(browser, city);
  await visit(page, `/office/${title.name}`);
  await page.getByRole('button', { name: '撤销称号', exact: true }).click();
  await page.locator('form .note.warn').waitFor();
  await page.locator('form textarea').fill('连续两年没有开放。');
  await page.getByRole('button', { name: '确定' }).click();
  await passPassword(page, city, () => page.getByRole('button', { name: '确定' }).waitFor({ state: 'hidden' }));
  assert.equal((await ask(context, title.name)).state, 'REVOKED');
  await page.getByText('连续两年没有开放。').first().waitFor();
  await assertPlain(page, 'a revoked title');
  assertClean(context);
  await context.close();
});

test('a holiday is added to the year, saved, and taken out again', { timeout: 120_000 }, async () => {
  const { context, page } = await start(browser, city, { screen: 'phone' });
  const year = Number(dayFrom(0).slice(0, 4));
  const date = `${year}-12-30`;
  const isIn = async () => (await ask(context, `calendars/${year}`)).days.some(({ date: { month, day } }) => month === 12 && day === 30);
  assert(!(await isIn()), 'nobody entered that day');
  await visit(page, '/office/holidays');
  const more = page.getByRole('group', { name: '添加放假或调休' });
  await more.getByLabel('名称').fill('馆庆日');
  await more.locator('input[type=date]').first().fill(date);
  await more.getByRole('button', { name: '添加', exact: true }).click();
  const save = async () => {
    await page.getByRole('button', { name: '保存' }).click();
    await passPassword(page, city, () => page.getByText('已保存').first().waitFor());
    await settled(page);
  };
  await save();
  assert(await isIn());
  await page.reload();
  await settled(page);
  await page.getByRole('listitem').filter({ hasText: '馆庆日' }).waitFor();
  await page.getByRole('button', { name: `删除 ${date}` }).click();
  await save();
  assert(!(await isIn()));
  assertClean(context);
  await context.close();
});

test('the audit shows the days that are asked for alone', { timeout: 90_000 }, async () => {
  const venue = await makeVenue();
  const { context, page } = await start(browser, city);
  await visit(page, `/office/audit?object=${venue.name}`);
  const lines = page.locator('tbody tr');
  await lines.first().waitFor();
  await page.getByLabel('从', { exact: true }).fill(dayFrom(-400));
  await page.getByLabel('到', { exact: true }).fill(dayFrom(-300));
  await page.getByRole('main').getByRole('button', { name: '搜索' }).click();
  await page.getByText('这段时间没有记录。').waitFor();
  await page.getByLabel('到', { exact: true }).fill(dayFrom(0));
  await page.getByRole('main').getByRole('button', { name: '搜索' }).click();
  await lines.first().waitFor();
  await assertPlain(page, 'the audit of a venue');
  assertClean(context);
  await context.close();
});
