// Term rounds of the city's office: made by the form, opened, drawn, every wish explained, and called off.
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, assertPlain, launch, settled, shot, visit } from './browser.mjs';
import { ask, dayFrom, mark, start, until } from './office_acts.mjs';
import { call, freshClass, sessions, teacher } from './school_setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const card = (page, name) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
async function step(page, name, which) {
  await card(page, name).getByRole('button', { name: which, exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^确定要/ });
  await dialog.getByRole('button', { name: which, exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}

test('a round is made by the form; wrong days are said beside their field', { timeout: 120_000 }, async () => {
  const { context, page } = await start(browser, 'demo-city');
  const name = `统筹${mark()}`;
  await visit(page, '/office/rounds');
  await page.getByRole('button', { name: '新建统筹' }).click();
  const dialog = page.getByRole('dialog', { name: '新建统筹' });
  await dialog.getByLabel('名称').fill(name);
  await dialog.getByRole('group', { name: '课程' }).getByRole('checkbox').first().check();
  await dialog.getByLabel('填报截止日期').fill(dayFrom(70));
  await dialog.getByLabel('每班最多录取').fill('2');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.locator('[aria-invalid=true]').first().waitFor();
  await assertPlain(page, 'a refused round');
  // A reload loses nothing of it.
  await page.reload();
  await settled(page);
  await page.getByRole('button', { name: '新建统筹' }).click();
  assert.equal(await dialog.getByLabel('名称').inputValue(), name);
  await dialog.getByLabel('填报截止日期').fill(dayFrom(20));
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const { rounds } = await ask(context, 'rounds?pageSize=100');
  const made = rounds.find(({ displayName }) => displayName.zh === name);
  assert.deepEqual([made.state, made.rules.visitsPerClass, made.wishCloseTime], ['PLANNED', 2, new Date(`${dayFrom(20)}T18:00:00+08:00`).toISOString().replace('.000', '')]);
  await step(page, name, '取消');
  await until('the round is called off', async () => (await ask(context, made.name)).state === 'CANCELLED');
  assertClean(context);
  await context.close();
});

test('a round is opened, drawn and explained wish by wish', { timeout: 180_000 }, async () => {
  const offered = (await sessions('week-dinosaur-tour', 45)).slice(-1);
  assert.equal(offered.length, 1, 'a session for the round');
  const { context, page } = await start(browser, 'demo-city');
  const name = `抽签${mark()}`;
  const close = Date.now() + 30_000;
  const round = await call('demo-city', 'POST', 'rounds', {
    displayName: { zh: name }, programmes: ['programmes/dinosaurs'], startTime: offered[0].startTime, endTime: offered[0].endTime,
    wishOpenTime: new Date(Date.now() - 60_000).toISOString(), wishCloseTime: new Date(close).toISOString(),
  });
  await visit(page, '/office/rounds');
  await step(page, name, '开放填报');
  await until('the round is open', async () => (await ask(context, round.name)).state === 'OPEN');
  const schoolClass = freshClass();
  await call(teacher, 'POST', `${round.name}/wishes:submit`, { wish: { schoolClass, grade: '5', party: { pupils: 38, adults: 2 }, sessions: [offered[0].name] } });
  // Before the window has closed it cannot be drawn, and that is said.
  await page.reload();
  await settled(page);
  await step(page, name, '抽签');
  await card(page, name).getByRole('alert').waitFor();
  await assertPlain(page, 'a draw that is too early');
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, close + 1500 - Date.now())));
  await step(page, name, '抽签');
  await until('the round is drawn', async () => (await ask(context, round.name)).state === 'DRAWN');
  await page.reload();
  await settled(page);
  await card(page, name).getByRole('button', { name: '查看结果' }).click();
  const dialog = page.getByRole('dialog', { name: `${name}：结果` });
  await dialog.getByText(schoolClass).click();
  await dialog.getByText(/顺序第|顺位|录取/).last().waitFor();
  await dialog.getByText('怎么核对抽签').click();
  const drawn = await ask(context, round.name);
  await dialog.getByText(drawn.secret, { exact: true }).waitFor();
  await assertPlain(page, 'results');
  await assertAccessible(page, 'results');
  await shot(page, 'office-round-results', false);
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: '导出表格' }).click()]);
  assert(readFileSync(await download.path(), 'utf8').includes(`${schoolClass},`));
  await page.keyboard.press('Escape');
  await step(page, name, '取消');
  await until('the round is called off', async () => (await ask(context, round.name)).state === 'CANCELLED');
  assertClean(context);
  await context.close();
});
