// A real browser on a running kepu: contexts for a desktop and a phone in both languages, logins of the demo, axe, and
// screenshots. Every page is watched: an outside request, an error in the console or a failed file fails the test.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

export const url = process.env.KEPU_URL;
const accounts = JSON.parse(readFileSync(`${process.env.KEPU_DATA}/demo-accounts.json`, 'utf8'));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.KEPU_SHOTS;

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const launch = (more = []) => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...flags, ...more] });

export const screens = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};

// A context of its own: cookies, storage and service worker are nobody else's.
export async function open(browser, { screen = 'desktop', language = 'zh', worker = false, ...more } = {}) {
  const context = await browser.newContext({
    ...screens[screen],
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: 'Asia/Shanghai',
    serviceWorkers: worker ? 'allow' : 'block',
    reducedMotion: 'reduce',
    ...more,
  });
  context.problems = [];
  context.on('page', (page) => watchPage(page, context.problems));
  return context;
}

function watchPage(page, problems) {
  page.setDefaultTimeout(15_000);
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob|about|chrome)/.test(request.url())) problems.push(`outside request: ${request.url()}`);
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // What a service refuses is said by the browser too; pages show it themselves.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) problems.push(`console: ${message.text()}`);
  });
}
export const assertClean = (context) => assert.deepEqual(context.problems, []);

export const account = (userName) => {
  const found = accounts.find(({ username }) => username === userName);
  assert(found, `no demo account ${userName}`);
  return found;
};

// Logs in by the form, as people do, and ends at `back`.
export async function logIn(page, userName, back = '/') {
  await page.goto(`${url}/login?back=${encodeURIComponent(back)}`);
  await page.locator('input[autocomplete=username]').fill(userName);
  await page.locator('input[autocomplete=current-password]').fill(account(userName).password);
  await page.locator('form button[type=submit]').click();
  await page.waitForURL((to) => to.pathname !== '/login');
}

// Logs a context in without the form, for tests that are about something else.
export async function signIn(context, userName) {
  const answer = await context.request.post(`${url}/v1/sessions:login`, { headers: { Origin: url }, data: { userName, password: account(userName).password } });
  assert.equal(answer.status(), 200, await answer.text());
  // As the app leaves it: pages that are for everybody ask who is here only where somebody was.
  await context.addInitScript(() => location.protocol.startsWith('http') && localStorage.setItem('last-user', 'users/of-the-test'));
  return answer.json();
}

// A page is settled when what it reads is there: no grey shapes, no busy button.
export async function settled(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.skeleton, [aria-busy=true]'));
  await page.evaluate(() => document.fonts.ready);
}

// A page that was only looked at shows no refusal.
export async function assertNotRefused(page, name) {
  const told = await page.locator('.note.bad[role=alert]').allInnerTexts();
  assert.deepEqual(told, [], `${name} shows a refusal`);
}

export async function visit(page, path) {
  await page.goto(url + path);
  await settled(page);
}

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
export async function assertAccessible(page, name) {
  // What lies under the head of a scrolled page is no target that is too small.
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values } }), tags);
  const told = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n    ${node.target.join(' ')}\n    ${node.failureSummary?.split('\n').slice(1, 3).join(' ')}`));
  assert.equal(told.length, 0, `${name}: ${told.length} violations\n  ${told.slice(0, 12).join('\n  ')}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert(wide <= 0, `${name} is ${wide} px wider than the screen`);
}

// No sentence of the other language on a page.
export async function assertChinese(page, name) {
  const english = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!parent || parent.closest('[lang=en], script, style, code, pre, input, textarea, .foreign')) continue;
      if (/[A-Za-z]{3,} +[A-Za-z]{2,} +[A-Za-z]{2,}/.test(node.data) && !/[\u3400-\u9fff]/.test(node.data)) found.push(node.data.trim());
    }
    return found;
  });
  assert.deepEqual(english, [], `${name}: English in the Chinese app`);
}

// What people never read: names of resources, names of enums, instants in UTC. The words of a menu that is closed and the
// values of fields count too.
const raw = [
  /\b(?:venues|events|districts|schools|organizations|communities|villages|towns|users|caravans|campaigns|programmes|titles|rounds|alliances|exhibits|stopRequests|volunteers|shifts|teams|courses|routes)\/[A-Za-z0-9_-]+/,
  /\b[A-Z]{2,}(?:_[A-Z0-9]+)+\b/,
  /\b\d{4}-\d\d-\d\dT\d\d:\d\d/,
  /\b[a-z]+\.[a-z_]+(?:\.[a-z_]+)*\.(?:title|text|label|none|state|kind)\b/, // a word that is missing
  /\b(?:undefined|NaN|Invalid Date|\[object Object\])/,
];
export async function assertPlain(page, name) {
  const texts = await page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (!node.parentElement?.closest('script, style')) found.push(node.data.trim());
    for (const one of document.body.querySelectorAll('[aria-label], [title], [placeholder]'))
      for (const key of ['aria-label', 'title', 'placeholder']) found.push(one.getAttribute(key) ?? '');
    for (const one of document.body.querySelectorAll('input:not([type=hidden], [type=checkbox], [type=radio]), textarea')) found.push(one.value);
    return found;
  });
  // An address of a page may name what it leads to.
  const told = texts.filter((text) => !/^https?:/.test(text) && raw.some((one) => one.test(text)));
  assert.deepEqual(told, [], `${name}: raw names or times`);
}

export async function shot(page, name, full = true) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: full });
}
