// The camera at the door: refused it says what to do; allowed it reads the code that is held before it, once.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import QRCode from 'qrcode';
import { assertAccessible, assertClean, launch, open, shot, url, visit } from './browser.mjs';
import { book, call, codeOf, desk, signInAs } from './desk_city.mjs';

let city;
let folder;
before(async () => {
  city = await desk();
  folder = mkdtempSync(join(tmpdir(), 'camera-'));
});
after(() => folder && rmSync(folder, { recursive: true }));

// What a camera sees of a code on a screen: frames of 640 by 480 in grey, as Y4M.
function film(text) {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const [width, height, scale] = [640, 480, Math.floor(400 / (modules.size + 8))];
  const left = Math.floor((width - modules.size * scale) / 2);
  const top = Math.floor((height - modules.size * scale) / 2);
  const luma = Buffer.alloc(width * height, 235);
  for (let row = 0; row < modules.size * scale; ++row)
    for (let column = 0; column < modules.size * scale; ++column)
      if (modules.get(Math.floor(row / scale), Math.floor(column / scale))) luma[(top + row) * width + left + column] = 16;
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)]);
  const file = join(folder, 'code.y4m');
  writeFileSync(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), ...Array.from({ length: 10 }, () => frame)]));
  return file;
}
const paramsOf = (session) => `${session.name.split('/')[1]}/${session.name.split('/')[3]}`;

test('a code before the camera is read, its party comes in, and held on it is not taken twice', async () => {
  const session = await city.session(20, 100);
  const booking = await book('demo-v055', session, 'FAMILY', { adults: 1, pupils: 2 });
  const code = await codeOf('demo-v055', booking);
  const browser = await launch(['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film(code)}`]);
  try {
    const context = await open(browser, { screen: 'phone' });
    await context.grantPermissions(['camera'], { origin: url });
    await signInAs(context, city.staff.userName);
    const page = await context.newPage();
    await visit(page, `/staff/door/${paramsOf(session)}`);
    await page.getByText('已到 0 / 预约 3').waitFor();
    await page.getByRole('button', { name: '打开摄像头扫码' }).click();
    await page.locator('.verdict[data-look=valid]').waitFor();
    await assertAccessible(page, 'door with the camera');
    await shot(page, 'desk-camera-phone-zh', false);
    await page.getByRole('button', { name: '3 人入场' }).click();
    await page.getByText('请进').waitFor();
    assert.equal((await call('demo-v055', 'GET', booking.name)).state, 'CHECKED_IN');
    // The code is still there: it was used, and says when.
    await page.getByRole('button', { name: '下一位' }).click();
    await page.locator('.verdict[data-look=used]').waitFor();
    assert.equal((await call(city.staff.userName, 'GET', session.name)).arrived, 3);
    await page.getByRole('button', { name: '下一位' }).click();
    await page.getByRole('button', { name: '关闭摄像头' }).click();
    await page.getByRole('button', { name: '打开摄像头扫码' }).waitFor();
    assertClean(context);
    await context.close();
  } finally {
    await browser.close();
  }
});

test('a camera that is refused says how to go on, and a picture is read instead', async () => {
  const session = await city.session(20, 100);
  const code = await codeOf('demo-v056', await book('demo-v056', session, 'PERSON', { adults: 1 }));
  const browser = await launch(['--use-fake-device-for-media-stream', '--deny-permission-prompts']);
  try {
    const context = await open(browser, { screen: 'phone' });
    await signInAs(context, city.staff.userName);
    const page = await context.newPage();
    await visit(page, `/staff/door/${paramsOf(session)}`);
    await page.getByText('已到 0 / 预约 1').waitFor();
    await page.getByRole('button', { name: '打开摄像头扫码' }).click();
    await page.getByText(/没有使用摄像头的权限|不允许使用摄像头|摄像头/).locator('visible=true').first().waitFor();
    await page.locator('.note.warn[role=alert]').waitFor();
    await assertAccessible(page, 'door with a refused camera');
    await shot(page, 'desk-camera-refused-phone-zh', false);
    const picture = await QRCode.toBuffer(code, { errorCorrectionLevel: 'M', margin: 4, scale: 6 });
    await page.locator('input[type=file]').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture });
    await page.locator('.verdict[data-look=valid]').waitFor();
    assertClean(context);
    await context.close();
  } finally {
    await browser.close();
  }
});
