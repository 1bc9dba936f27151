// A new version of the app is put in while somebody fills a form: it waits, says so, and takes over only when the reader wants
// it; the form is as it was. A small server in front of the gateway serves the next version of the build.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { launch, open, settled, signIn, url } from './browser.mjs';
import { bookingsOf, call, freshClass, sessions, teacher } from './school_setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

// All goes through to the gateway, but that the first file of the next version says so, and the service worker knows it by another hash.
async function serveInFront() {
  let next = false;
  const changed = {
    '/index.html': (text) => text.replace('</head>', '<meta name="version" content="next"></head>'),
    '/sw.js': (text) => text.replace(/(\{url:"index\.html",revision:")[^"]*"/, '$1next"').replace(/(\{revision:")[^"]*(",url:"index\.html")/, '$1next$2'),
  };
  const server = createServer((asked, answer) => {
    const change = next && changed[asked.url.split('?')[0]];
    const headers = { ...asked.headers };
    if (change) ['accept-encoding', 'if-none-match', 'if-modified-since'].forEach((name) => delete headers[name]);
    const through = request(url + asked.url, { method: asked.method, headers }, (given) => {
      if (!change) return answer.writeHead(given.statusCode, given.headers) && given.pipe(answer);
      const parts = [];
      given.on('data', (part) => parts.push(part)).on('end', () => {
        const before = Buffer.concat(parts).toString('utf8');
        const text = change(before);
        assert.notEqual(text, before, `${asked.url} is another one`);
        const { 'content-length': _, etag: __, ...kept } = given.headers;
        answer.writeHead(given.statusCode, kept).end(text);
      });
    });
    through.on('error', () => answer.destroy());
    // The stream of changes ends only when its reader goes.
    answer.on('close', () => through.destroy());
    asked.pipe(through);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    front: `http://127.0.0.1:${server.address().port}`,
    putIn: () => (next = true),
    close: () => (server.closeAllConnections(), new Promise((closed) => server.close(closed))),
  };
}

test('a new version waits and is told; after the reload it is there, and so is the half-filled form', { timeout: 180_000 }, async () => {
  const { front, putIn, close } = await serveInFront();
  const context = await open(browser, { screen: 'phone', worker: true });
  try {
    await signIn(context, teacher);
    const page = await context.newPage();
    const [session] = await sessions('week-magnet-class', 45);
    const [, event, , id] = session.name.split('/');
    await page.goto(`${front}/school/book/${event}?session=${id}`);
    await settled(page);
    // The first version of all is installed, and has the page from its next visit on.
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await settled(page);
    assert(await page.evaluate(() => Boolean(navigator.serviceWorker.controller)), 'the service worker has the page');
    const schoolClass = freshClass();
    await page.getByLabel('年级', { exact: true }).selectOption('5');
    await page.getByLabel('班级', { exact: true }).fill(schoolClass);
    await page.getByLabel('学生人数', { exact: true }).fill('31');

    await page.waitForTimeout(3000); // until the app listens
    assert.equal(await page.getByText('有新版本可用。').count(), 0);
    putIn();
    // What the app does by the hour.
    await page.evaluate(() => navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => undefined));
    await page.getByText('有新版本可用。').waitFor({ timeout: 60_000 });
    assert.equal(await page.locator('meta[name=version]').count(), 0, 'it takes over nothing by itself');
    assert.equal(await page.getByLabel('班级', { exact: true }).inputValue(), schoolClass);

    await page.getByRole('button', { name: '立即更新' }).click();
    await page.locator('meta[name=version][content=next]').waitFor({ state: 'attached', timeout: 60_000 });
    await settled(page);
    await page.getByText('已恢复上次没有提交的内容。').waitFor();
    assert.equal(await page.getByLabel('班级', { exact: true }).inputValue(), schoolClass);
    assert.equal(await page.getByLabel('学生人数', { exact: true }).inputValue(), '31');
    assert.equal(await page.getByText('有新版本可用。').count(), 0);
    await page.getByLabel('带队成人', { exact: true }).fill('2');
    await page.getByRole('button', { name: '确认预约' }).click();
    await page.waitForURL(/made=1/);
    const made = await bookingsOf(schoolClass);
    assert.equal(made.length, 1);
    await call(teacher, 'POST', `${made[0].name}:cancel`, {});
    assert.deepEqual(context.problems.filter((one) => !one.startsWith(`outside request: ${front}/`)), []);
  } finally {
    await context.close();
    await close();
  }
});
