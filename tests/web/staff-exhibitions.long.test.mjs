// An exhibition in phases from draft to next year's copy, and what becomes of its hall when it moves, as staff of a museum do it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, launch, open, shot, signIn, visit } from './browser.mjs';
import { call } from './desk_city.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const day = 86400e3;
const dateOf = (time) => new Date(time + 8 * 3600e3).toISOString().slice(0, 10);
const civil = ({ year, month, day: date }) => `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
const plus = (date, days) => dateOf(Date.parse(`${date}T12:00:00+08:00`) + days * day);
// A Wednesday that hardly any other run has, within the year that is planned ahead.
function someWednesday() {
  const noon = Date.now() + (20 + Math.floor(Math.random() * 29)) * 7 * day;
  return dateOf(noon + ((3 - new Date(noon).getUTCDay() + 7) % 7) * day);
}

test('an exhibition is planned in phases, published, moved with its phases, copied for the next year, and given up', async () => {
  const first = someWednesday();
  const last = plus(first, 9);
  const context = await open(browser);
  await signIn(context, 'demo-museum');
  const page = await context.newPage();
  await visit(page, '/staff/exhibitions/new');
  await page.getByLabel('展览名称').fill('阶段试验展');
  await page.getByLabel('开展日期').fill(first);
  await page.getByLabel('闭展日期').fill(last);
  await page.getByLabel('一号临展厅', { exact: false }).first().check();
  await page.getByRole('button', { name: '细分阶段' }).click();
  await page.getByRole('button', { name: '增加阶段' }).click();
  const phases = page.locator('.phase');
  assert.equal(await phases.count(), 3);
  await phases.nth(0).getByLabel('人手').fill('6');
  await phases.nth(2).getByLabel('备注').fill('两车，走东门');
  await page.getByRole('button', { name: '保存草稿并检查冲突' }).click();
  await page.getByText('没有冲突，可以发布').waitFor().catch(async () => assert.fail(await page.locator('#content').innerText()));
  await assertAccessible(page, 'exhibition in phases');
  await shot(page, 'staff-exhibition-phases-desktop-zh');
  await page.getByRole('button', { name: '发布展览' }).click();
  await page.getByText('已发布', { exact: true }).waitFor();
  const name = `venues/cqstm/exhibitions/${page.url().split('/').pop()}`;
  const made = await call('demo-museum', 'GET', name);
  assert.equal(made.state, 'SCHEDULED');
  assert.deepEqual(made.phases.map(({ kind }) => kind).sort(), ['DEINSTALL', 'INSTALL', 'TRANSPORT']);
  assert.equal(made.phases.find(({ kind }) => kind === 'INSTALL').crew, 6);

  // A week later: the phases go along, and the hall is free again in the first week.
  await page.getByLabel('闭展日期').fill(plus(last, 7));
  await page.getByLabel('开展日期').fill(plus(first, 7));
  await page.getByRole('button', { name: '保存修改' }).click();
  await page.locator('.toasts').getByText('已保存').waitFor();
  const moved = await call('demo-museum', 'GET', name);
  assert.equal(civil(moved.firstDate), plus(first, 7));
  assert.equal(civil(moved.phases.find(({ kind }) => kind === 'INSTALL').firstDate), plus(civil(made.phases.find(({ kind }) => kind === 'INSTALL').firstDate), 7));
  assert.equal(civil(moved.phases.find(({ kind }) => kind === 'DEINSTALL').firstDate), plus(civil(made.phases.find(({ kind }) => kind === 'DEINSTALL').firstDate), 7));
  const space = moved.spaces[0];
  const free = await call('demo-museum', 'GET', `${space}:checkAvailability?startTime=${first}T02:00:00Z&endTime=${first}T03:00:00Z`);
  assert.equal(free.available, true);

  await page.getByRole('button', { name: '复制到明年' }).click();
  const copyFirst = await page.getByRole('dialog').getByLabel('开展日期').inputValue();
  assert.equal(copyFirst, plus(first, 7 + 364));
  await page.getByRole('dialog').getByRole('button', { name: '生成草稿' }).click();
  await page.getByText('复制自“阶段试验展”').waitFor();
  const copy = await call('demo-museum', 'GET', `venues/cqstm/exhibitions/${page.url().split('/').pop()}`);
  assert.equal(copy.state, 'DRAFT');
  assert.equal(copy.copiedFrom, name);
  assert.equal(copy.phases.length, 3);
  await page.getByRole('button', { name: '放弃草稿' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '放弃草稿' }).click();
  await page.getByText('已放弃').first().waitFor();
  assert.equal((await call('demo-museum', 'GET', copy.name)).state, 'DROPPED');

  await visit(page, `/staff/exhibitions/${name.split('/').pop()}`);
  await page.getByRole('button', { name: '取消展览' }).click();
  await page.getByRole('dialog').getByText('重新可用').waitFor();
  await page.getByRole('dialog').getByLabel('原因').fill('展品未到');
  await page.getByRole('dialog').getByRole('button', { name: '取消展览' }).click();
  await page.locator('.toasts').getByText('已取消').waitFor();
  assert.equal((await call('demo-museum', 'GET', name)).state, 'CANCELLED');
  assertClean(context);
  await context.close();
});
