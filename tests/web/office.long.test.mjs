// More of what offices do: registers, titles, campaigns, people's roles, caravans.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertClean, launch, settled, visit } from './browser.mjs';
import { ask, passPassword, start as startWith } from './office_acts.mjs';
import { fill } from './office_demo.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const start = (user, screen = 'desktop') => startWith(browser, user, { screen });

test('a district adds a school to the register, corrects it and sees the history', { timeout: 120_000 }, async () => {
  const { context, page } = await start('demo-district', 'phone');
  const id = `t-${Date.now().toString(36)}`;
  await visit(page, '/office/registers/schools');
  await page.getByRole('button', { name: '新增' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('中文名称').fill(`测试小学${id}`);
  await dialog.getByLabel('编号').fill('Not An Id');
  await dialog.getByLabel('类别').selectOption('PRIMARY');
  await dialog.getByLabel('乡村').check();
  await dialog.getByRole('button', { name: '保存' }).click();
  // What is wrong stands beside the field, in Chinese.
  await dialog.getByText(/小写字母、数字或短横线/).last().waitFor();
  await dialog.getByLabel('编号').fill(id);
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const made = await ask(context, `schools/${id}`);
  assert.deepEqual([made.stage, made.district, made.traits], ['PRIMARY', 'districts/liangjiang', ['RURAL']]);
  await page.getByRole('button', { name: `修改 测试小学${id}` }).click();
  await dialog.getByLabel('中文名称').fill(`改名小学${id}`);
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal((await ask(context, `schools/${id}`)).displayName.zh, `改名小学${id}`);
  await page.getByRole('link', { name: `改名小学${id} 的变更记录` }).click();
  await page.getByRole('heading', { name: '操作记录' }).waitFor();
  // What is read from the log shows a moment later.
  for (let tries = 0; tries < 10 && (await page.locator('tbody tr').count()) < 2; tries += 1) {
    await page.waitForTimeout(500);
    await page.reload();
    await page.locator('tbody tr').first().waitFor();
  }
  assert.equal(await page.locator('tbody tr').count(), 2);
  assertClean(context);
  await context.close();
});

test('a district takes an application for a title as far as its public notice, and declines it', { timeout: 180_000 }, async () => {
  const { context, page } = await start('demo-district');
  const { title } = await fill(context);
  await visit(page, `/office/titles/${title}`);
  const step = async (name, label, text, state) => {
    await page.getByRole('button', { name, exact: true }).click();
    await page.locator('form textarea').and(page.getByLabel(label)).fill(text);
    await page.getByRole('button', { name: '确定' }).click();
    await page.getByRole('button', { name: '确定' }).waitFor({ state: 'hidden' });
    assert.equal((await ask(context, `titles/${title}`)).state, state);
  };
  await step('推荐', /推荐意见/, '材料齐全，同意推荐。', 'DISTRICT_RECOMMENDED');
  await step('专家评审', '评审意见', '符合条件。', 'EXPERT_REVIEWED');
  await step('公示', /公示说明/, '公示七天。', 'PUBLICIZED');
  await page.getByRole('button', { name: '命名', exact: true }).click();
  await page.getByRole('button', { name: '确定' }).click();
  // Before the notice is over it is refused, with the reason.
  await page.getByRole('alert').first().waitFor();
  assert.equal((await ask(context, `titles/${title}`)).state, 'PUBLICIZED');
  await step('不予通过', '不通过的理由', '公示期间发现材料不实。', 'REJECTED');
  assertClean(context);
  await context.close();
});

test('the city makes a campaign; it is published when nothing is missing', { timeout: 120_000 }, async () => {
  const { context, page } = await start('demo-city');
  const name = `测试科普周${Date.now().toString(36)}`;
  await visit(page, '/office/campaigns/new');
  await page.getByLabel('中文名称').fill(name);
  const year = new Date().getFullYear() + 1;
  await page.getByLabel('开始日期').fill(`${year}-05-10`);
  await page.getByLabel('结束日期').fill(`${year}-05-16`);
  await page.getByRole('button', { name: '保存' }).click();
  await page.waitForURL(/campaigns\/(?!new)/);
  await settled(page);
  const path = `campaigns/${page.url().split('/').pop()}`;
  await page.getByRole('button', { name: '发布' }).click();
  await page.getByRole('alert').first().waitFor();
  assert.equal((await ask(context, path)).state, 'DRAFT');
  await page.getByLabel('保护生态环境').check();
  await page.getByLabel('青少年').check();
  await page.getByRole('group', { name: '牵头单位' }).getByRole('checkbox').first().check();
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('已保存').waitFor();
  await settled(page);
  await page.getByRole('button', { name: '发布' }).click();
  await page.getByRole('button', { name: '结束' }).waitFor();
  const made = await ask(context, path);
  assert.deepEqual([made.state, made.themes, made.firstDate.day], ['PUBLISHED', ['THEME_ECOLOGY'], 10]);
  assertClean(context);
  await context.close();
});

test('the city gives a role, revokes it, and takes that back', { timeout: 120_000 }, async () => {
  const { context, page } = await start('demo-city');
  await visit(page, '/office/users?on=venues/cqstm');
  await page.getByRole('button', { name: /查看 演示·科技馆工作人员/ }).click();
  const dialog = page.getByRole('dialog').first();
  const role = dialog.getByRole('button', { name: /撤销 .*场馆工作人员/ });
  await role.click();
  await passPassword(page, 'demo-city', () => role.waitFor({ state: 'hidden' }));
  await dialog.getByRole('button', { name: '添加权限' }).click();
  await dialog.getByRole('combobox', { name: '权限' }).selectOption('venue_staff');
  await dialog.getByRole('button', { name: '添加权限' }).click();
  await passPassword(page, 'demo-city', () => role.waitFor());
  const { members } = await ask(context, 'users:listMembers?on=venues/cqstm&pageSize=100');
  assert(members.some(({ displayName, role: held }) => displayName === '演示·科技馆工作人员' && held === 'venue_staff'));
  assertClean(context);
  await context.close();
});

test('a caravan is to be serviced, and the service is called off', { timeout: 120_000 }, async () => {
  const { context, page } = await start('demo-city', 'phone');
  await visit(page, '/office/fleet/wz-1');
  await page.getByRole('button', { name: '安排维修保养' }).click();
  const dialog = page.getByRole('dialog');
  // A day of its own, for what earlier runs left.
  const day = new Date(Date.now() + (40 + (Math.floor(Date.now() / 1000) % 45)) * 86400e3).toISOString().slice(0, 10);
  await dialog.getByLabel('开始日期').fill(day);
  await dialog.getByLabel('结束日期').fill(day);
  const note = `换轮胎${Date.now().toString(36)}`;
  await dialog.getByLabel(/说明/).fill(note);
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const remove = page.getByRole('listitem').filter({ hasText: note }).getByRole('button', { name: '删除' });
  await remove.click();
  await remove.waitFor({ state: 'hidden' });
  const { entries } = await ask(context, `caravans/wz-1/calendar?firstDate.year=${day.slice(0, 4)}&firstDate.month=${Number(day.slice(5, 7))}&firstDate.day=${Number(day.slice(8))}`);
  assert(!entries.some(({ name, startTime }) => name.includes('/maintenances/') && startTime.startsWith(day)), 'the day is free again');
  assertClean(context);
  await context.close();
});
