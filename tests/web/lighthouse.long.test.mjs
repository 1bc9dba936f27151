// Lighthouse on the homes, as a phone: performance 0.9, accessibility and best practices 1.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { launch, open, signIn, url } from './browser.mjs';

const homes = [['/', undefined], ['/school', 'demo-teacher-1'], ['/volunteer', 'demo-volunteer-1'], ['/staff', 'demo-museum'], ['/office', 'demo-city']];
const wanted = { performance: 0.9, accessibility: 1, 'best-practices': 1 };
const work = mkdtempSync(`${tmpdir()}/kepu-lighthouse-`);
let browser;
before(async () => (browser = await launch()));
after(async () => {
  await browser?.close();
  rmSync(work, { recursive: true, force: true });
});

async function cookieOf(user) {
  if (!user) return {};
  const context = await open(browser);
  await signIn(context, user);
  const [cookie] = await context.cookies();
  await context.close();
  return { Cookie: `${cookie.name}=${cookie.value}` };
}

for (const [path, user] of homes)
  test(`${path} as ${user ?? 'nobody'}`, async () => {
    const report = `${work}/report.json`;
    await promisify(execFile)(
      process.execPath,
      [
        'node_modules/lighthouse/cli/index.js', url + path, '--quiet', '--output=json', `--output-path=${report}`, '--no-enable-error-reporting',
        `--extra-headers=${JSON.stringify(await cookieOf(user))}`, '--only-categories=performance,accessibility,best-practices',
        `--chrome-flags=--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking --user-data-dir=${mkdtempSync(`${work}/profile-`)}`,
      ],
      { env: { ...process.env, CHROME_PATH: process.env.CHROMIUM ?? '/usr/bin/chromium' }, timeout: 180_000 },
    );
    const { categories, audits } = JSON.parse(readFileSync(report, 'utf8'));
    const scores = Object.fromEntries(Object.entries(categories).map(([name, { score }]) => [name, score]));
    const metrics = ['largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'].map((id) => `${id} ${audits[id].displayValue}`).join(', ');
    console.log(`# ${path}: ${JSON.stringify(scores)}; ${metrics}`);
    const failed = Object.values(categories).flatMap(({ auditRefs }) => auditRefs).filter(({ id, weight }) => weight && audits[id].score !== null && audits[id].score < 0.9).map(({ id }) => id);
    for (const [name, least] of Object.entries(wanted)) assert(scores[name] >= least, `${path}: ${name} ${scores[name]}; ${failed.join(', ')}`);
  });
