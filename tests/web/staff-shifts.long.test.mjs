// Shifts from being asked for to hours in the ledger, as staff of a museum and its volunteers do it: made with approval, who asks is
// decided, coming and going is noted at the desk, and hours are approved or set right.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, launch, shot, visit } from './browser.mjs';
import { call, desk, inMinutes, pageAs } from './desk_city.mjs';

let browser;
let city;
before(async () => {
  browser = await launch();
  city = await desk();
});
after(() => browser?.close());

const staff = (...at) => pageAs(browser, city.staff.userName, ...at);
const shiftsOf = async () => (await call(city.staff.userName, 'GET', `shifts?place=${city.venue.name}&pageSize=100`)).shifts;
// Somebody who has the time: other tests and other runs have taken some of the people.
const taken = new Set();
async function signUp(shift) {
  for (;;) {
    const user = `demo-v${String(20 + Math.floor(Math.random() * 80)).padStart(3, '0')}`;
    assert(taken.size < 80, 'nobody has time');
    if (taken.has(user)) continue;
    taken.add(user);
    const made = await call(user, 'POST', `${shift.name}:signUp`, {}, [200, 400, 409]);
    if (made.name) return { ...made, user };
  }
}
// A signup once its hours were decided; older words of what was done may still be on the screen.
async function decided(name) {
  for (let left = 50; ; left -= 1) {
    const signup = await call(city.staff.userName, 'GET', name);
    if (/APPROVED|RECORDED/.test(signup.hoursState) || !left) return signup;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const local = (time) => new Date(time + 8 * 3600e3).toISOString();

test('a shift is made with approval; one who asks is taken, one declined with a reason', async () => {
  const { context, page } = await staff('/staff/shifts');
  await page.getByText('这段时间没有班次').waitFor();
  await page.getByRole('button', { name: '新增班次' }).click();
  const dialog = page.getByRole('dialog').first();
  await dialog.getByLabel('做什么').fill('夜游引导');
  await dialog.getByLabel('需要人数').fill('2');
  await dialog.getByLabel('报名方式').selectOption({ label: '报名后由我们审核' });
  await dialog.getByLabel('日期').fill(local(Date.now() + 3 * 86400e3).slice(0, 10));
  await dialog.getByRole('button', { name: '发布班次' }).click();
  await page.locator('.toasts').getByText('班次已发布').waitFor();
  const [shift] = await shiftsOf();
  assert.equal(shift.signUpMode, 'APPROVAL');
  const [one, two] = [await signUp(shift), await signUp(shift)];
  assert.equal(one.state, 'REQUESTED');

  await visit(page, '/staff/shifts');
  await page.getByText('2 人待审').waitFor();
  await page.getByRole('button', { name: '报名情况' }).click();
  await dialog.getByRole('button', { name: /^同意/ }).first().waitFor();
  await assertAccessible(page, 'who is in a shift');
  await shot(page, 'staff-shift-roster-desktop-zh', false);
  const tag = one.volunteer.slice(-4).toUpperCase();
  await dialog.getByRole('button', { name: `同意 志愿者 ${tag}` }).click();
  await page.locator('.toasts').getByText('已同意').waitFor();
  await dialog.getByRole('button', { name: `谢绝 志愿者 ${tag}` }).waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: /^谢绝/ }).click();
  await page.getByRole('dialog').last().getByLabel('原因').fill('人已经够了');
  await page.getByRole('dialog').last().getByRole('button', { name: '谢绝' }).click();
  await page.locator('.toasts').getByText('已谢绝').waitFor();
  assert.equal((await call(city.staff.userName, 'GET', one.name)).state, 'SIGNED_UP');
  const said = await call(two.user, 'GET', two.name);
  assert.equal(said.state, 'DECLINED');
  assert.equal(said.reason, '人已经够了');

  // Fewer than have a place are not taken, and it is said why without names of programs.
  await page.keyboard.press('Escape');
  await call(city.staff.userName, 'POST', `${(await signUp(shift)).name}:approve`, {});
  await visit(page, '/staff/shifts');
  await page.getByRole('button', { name: '修改' }).click();
  await dialog.getByLabel('需要人数').fill('1');
  await dialog.getByRole('button', { name: '保存' }).click();
  const refused = dialog.locator('.note.bad');
  await refused.getByText('“夜游引导”').waitFor();
  assert.match(await refused.innerText(), /已有 2 人/);
  assert.doesNotMatch(await refused.innerText(), /shifts\/|\dT\d/);
  assertClean(context);
  await context.close();
});

test('coming and going is noted at the desk on a phone, and hours are approved or set right with a reason', async () => {
  const shift = await call(city.staff.userName, 'POST', 'shifts', { place: city.venue.name, startTime: inMinutes(0.2), endTime: inMinutes(90), needed: 3, role: { zh: '展厅讲解' } });
  const [one, two, three] = [await signUp(shift), await signUp(shift), await signUp(shift)];
  await new Promise((resolve) => setTimeout(resolve, 13_000));
  const { context, page } = await staff('/staff/shifts', 'phone');
  await page.locator('tr', { hasText: '展厅讲解' }).getByRole('button', { name: '报名情况' }).click();
  const dialog = page.getByRole('dialog').first();
  const of = (signup, what) => dialog.getByRole('button', { name: `${what} 志愿者 ${signup.volunteer.slice(-4).toUpperCase()}` });
  await of(one, '签到').click();
  await of(one, '签退').waitFor();
  await assertAccessible(page, 'who is in a shift, phone');
  await shot(page, 'staff-shift-roster-phone-zh', false);
  await of(two, '签到').click();
  await of(two, '签退').waitFor();
  await of(three, '未到').click();
  await page.getByRole('dialog').last().getByLabel('原因').fill('没有到场，电话未接');
  await page.getByRole('dialog').last().getByRole('button', { name: '未到' }).click();
  await page.locator('.toasts').getByText('已记为未到').waitFor();
  await of(one, '签退').click();
  await of(one, '签退').waitFor({ state: 'detached' });
  await of(two, '签退').click();
  await of(two, '签退').waitFor({ state: 'detached' });
  const states = await Promise.all([one, two, three].map(({ name }) => call(city.staff.userName, 'GET', name)));
  assert.deepEqual(states.map(({ state }) => state), ['CHECKED_OUT', 'CHECKED_OUT', 'NO_SHOW']);

  await dialog.getByRole('link', { name: '服务结束后去审核时长' }).click();
  await page.getByRole('button', { name: /^改时长/ }).first().waitFor();
  await shot(page, 'staff-hours-phone-zh');
  const tag = one.volunteer.slice(-4).toUpperCase();
  await page.getByRole('button', { name: `通过 志愿者 ${tag}` }).click();
  assert.match((await decided(one.name)).hoursState, /APPROVED|RECORDED/);
  await page.locator('li.line', { hasText: two.volunteer.slice(-4).toUpperCase() }).locator('button').last().click();
  await page.getByRole('dialog').locator('input[type=number]').fill('60');
  await page.getByRole('dialog').locator('textarea').fill('提前到场布置，已与本人核对');
  await page.getByRole('dialog').locator('button[type=submit]').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const changed = await decided(two.name);
  assert.equal(changed.minutes, 60);
  assert.match(changed.hoursState, /APPROVED|RECORDED/);
  assertClean(context);
  await context.close();
});
