// The main jobs of a teacher, as one does them: find a class for a grade on a phone, book it, change it, print the letter,
// give it back; tap twice; lose the login in the middle.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { account, assertAccessible, assertClean, launch, logIn, open, settled, shot, signIn, url, visit } from './browser.mjs';
import { book, bookingsOf, call, freshClass, pageOf, sessions, teacher } from './school_setup.mjs';

const jsqr = readFileSync(createRequire(import.meta.url).resolve('jsqr/dist/jsQR.js'), 'utf8');
let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

// What a phone's camera would read off the screen.
async function readCode(page, element) {
  // Not under the bar at the bottom.
  await element.evaluate((one) => one.scrollIntoView({ block: 'center' }));
  const png = (await element.screenshot()).toString('base64');
  await page.evaluate(`window.module = undefined; ${jsqr}`);
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, image.width, image.height);
    return window.jsQR(data, width, height)?.data;
  }, png);
}

async function fillClass(page, schoolClass, pupils = 40, adults = 2) {
  await page.getByLabel('年级', { exact: true }).selectOption('5');
  await page.getByLabel('班级', { exact: true }).fill(schoolClass);
  await page.getByLabel('学生人数', { exact: true }).fill(String(pupils));
  await page.getByLabel('带队成人', { exact: true }).fill(String(adults));
}
const bookPath = async (heads) => {
  const [session] = await sessions('week-magnet-class', heads);
  assert(session, 'a session with places');
  const [, event, , id] = session.name.split('/');
  return `/school/book/${event}?session=${id}`;
};

test('on a phone: find a class for grade 5, book it, change it, print the letter, cancel it', async () => {
  const context = await open(browser, { screen: 'phone' });
  const page = await context.newPage();
  await logIn(page, teacher, '/school');
  await settled(page);
  await page.getByLabel('给哪个年级找课程？').selectOption('5');
  await page.getByRole('button', { name: '找课程' }).click();
  await page.waitForURL(/\/school\/find\?grade=5/);
  await settled(page);
  await page.getByRole('listitem').filter({ hasText: '磁与电' }).locator('a.session').filter({ hasText: /余 [5-9]\d 个/ }).first().click();
  await page.waitForURL(/\/school\/book\//);
  await settled(page);
  const schoolClass = freshClass();
  await fillClass(page, schoolClass, 40, 1);
  await page.getByText('40 名学生需要 2 名成人').first().waitFor();
  await page.getByLabel('带队成人', { exact: true }).fill('2');
  await page.getByRole('button', { name: '大巴车（辆）加一' }).click();
  await page.getByRole('button', { name: '确认预约' }).click();
  await page.waitForURL(/made=1/);
  await settled(page);
  await page.getByText('已确认', { exact: true }).waitFor();
  await shot(page, 'school-job-booked');
  const [made] = await bookingsOf(schoolClass);
  assert.deepEqual([made.state, made.party.pupils, made.party.adults, made.needs.buses], ['CONFIRMED', 40, 2, 1]);

  await page.getByRole('button', { name: '修改人数' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('学生人数', { exact: true }).fill('38');
  await assertAccessible(page, 'change dialog');
  await dialog.getByRole('button', { name: '保存' }).click();
  await page.getByText('学生 38 人，成人 2 人', { exact: true }).waitFor();
  assert.equal((await call(teacher, 'GET', made.name)).party.pupils, 38);

  await page.getByRole('link', { name: '参观确认函' }).click();
  await page.waitForURL(/\/letter$/);
  await settled(page);
  const { code } = await call(teacher, 'GET', `${made.name}/entryCode`);
  assert.equal(await readCode(page, page.locator('svg.qr')), code, 'the code reads back from the screen');
  const number = made.name.split('/').at(-1).toUpperCase();
  assert((await page.title()).includes(number), await page.title());
  const room = mkdtempSync(join(tmpdir(), 'letter-'));
  try {
    await page.emulateMedia({ media: 'print' });
    const side = await page.locator('svg.qr').evaluate((one) => one.getBoundingClientRect().width / (96 / 25.4));
    assert(side >= 25, `the code is ${side} mm wide on paper`);
    writeFileSync(join(room, 'letter.pdf'), await page.pdf({ format: 'A4', preferCSSPageSize: true }));
    const text = execFileSync('pdftotext', ['-layout', join(room, 'letter.pdf'), '-'], { encoding: 'utf8' });
    for (const part of ['示例星河小学', '磁与电', '重庆科技馆', number, schoolClass, '学生 38 人', '大巴', '修改与取消', '带队联系人'])
      assert(text.includes(part), `${part} is on the letter:\n${text}`);
    assert.equal(text.split('\f').filter((sheet) => sheet.trim()).length, 1, 'one page');
    assert(!text.includes('我校预约'), 'no navigation on paper');
    await page.emulateMedia({ media: null });
  } finally {
    rmSync(room, { recursive: true, force: true });
  }

  await page.getByRole('link', { name: '返回' }).click();
  await page.getByRole('button', { name: '取消预约' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '确认取消' }).click();
  await page.getByText('已取消', { exact: true }).waitFor();
  assert.equal((await call(teacher, 'GET', made.name)).state, 'CANCELLED');
  assertClean(context);
  await context.close();
});

test('a double tap books once', async () => {
  const context = await open(browser, { screen: 'phone' });
  await signIn(context, teacher);
  const page = await context.newPage();
  await visit(page, await bookPath(21));
  const schoolClass = freshClass();
  await fillClass(page, schoolClass, 20, 1);
  const button = page.getByRole('button', { name: '确认预约' });
  await button.waitFor();
  await button.dblclick();
  await page.waitForURL(/made=1/);
  const made = await bookingsOf(schoolClass);
  assert.equal(made.length, 1);
  await call(teacher, 'POST', `${made[0].name}:cancel`, {});
  assertClean(context);
  await context.close();
});

test('a login that ends in the middle of the form loses nothing, and the form is booked after it', async () => {
  const context = await open(browser, { screen: 'phone' });
  await signIn(context, teacher);
  const page = await context.newPage();
  await visit(page, await bookPath(21));
  const schoolClass = freshClass();
  await fillClass(page, schoolClass, 20, 1);
  await context.clearCookies();
  await page.getByRole('button', { name: '确认预约' }).click();
  await page.waitForURL(/\/login/);
  await page.locator('input[autocomplete=username]').fill(teacher);
  await page.locator('input[autocomplete=current-password]').fill(account(teacher).password);
  await page.locator('form button[type=submit]').click();
  await page.waitForURL(/\/school\/book\//);
  await settled(page);
  assert.equal(await page.getByLabel('班级', { exact: true }).inputValue(), schoolClass);
  assert.equal(await page.getByLabel('学生人数', { exact: true }).inputValue(), '20');
  assert.equal((await bookingsOf(schoolClass)).length, 0);
  await page.getByRole('button', { name: '确认预约' }).click();
  await page.waitForURL(/made=1/);
  const made = await bookingsOf(schoolClass);
  assert.equal(made.length, 1);
  await call(teacher, 'POST', `${made[0].name}:cancel`, {});
  await context.close();
});

test('on a desktop: a class moves to another session, by the keyboard alone', async () => {
  const made = await book();
  const context = await open(browser, {});
  await signIn(context, teacher);
  const page = await context.newPage();
  await visit(page, pageOf(made.name));
  await page.getByRole('button', { name: '改到另一场' }).focus();
  await page.keyboard.press('Enter');
  const first = page.getByRole('dialog').getByRole('radio').first();
  await first.focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.waitForURL((to) => !to.pathname.endsWith(made.name.split('/').at(-1)));
  await settled(page);
  await page.getByText('已确认', { exact: true }).waitFor();
  const old = await call(teacher, 'GET', made.name);
  assert(old.movedTo, 'the old booking became another');
  assert(page.url().endsWith(pageOf(old.movedTo)), page.url());
  await call(teacher, 'POST', `${old.movedTo}:cancel`, {});
  assertClean(context);
  await context.close();
});

test('anybody finds courses without a login, and booking asks for it', async () => {
  const context = await open(browser, { screen: 'phone' });
  const page = await context.newPage();
  await visit(page, '/school/find?grade=9');
  await page.getByRole('heading', { name: '馆校结合课程：恐龙与化石' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: '馆校结合课程：磁与电' }).count(), 0, 'not for grade 9');
  await page.locator('a.session').first().click();
  await page.waitForURL(new RegExp(`^${url}/login`));
  assertClean(context);
  await context.close();
});
