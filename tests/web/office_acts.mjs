// What tests of the offices' pages share: a page of somebody, reads by the API, and the password that weighty changes ask for.
import assert from 'node:assert/strict';
import { account, open, signIn, url } from './browser.mjs';

export const ask = async (context, path) => {
  const answer = await context.request.get(`${url}/v1/${path}`);
  assert.equal(answer.status(), 200, await answer.text());
  return answer.json();
};

export async function start(browser, user, options = {}) {
  const context = await open(browser, options);
  await signIn(context, user);
  return { context, page: await context.newPage() };
}

// Weighty changes ask for the password when it was entered a while ago.
export async function passPassword(page, user, done) {
  const again = page.getByRole('dialog', { name: '请再次输入密码' });
  await Promise.race([done(), again.waitFor()]);
  if (!(await again.isVisible())) return;
  await again.getByLabel('密码', { exact: true }).fill(account(user).password);
  await again.getByRole('button', { name: '确认' }).click();
  await done();
}

// A day of the city, so many days from now.
export const dayFrom = (days) => new Date(Date.now() + days * 86400e3 + 8 * 3600e3).toISOString().slice(0, 10);
export const mark = () => Date.now().toString(36);
// What is read from the logs shows a moment later.
export async function until(what, look) {
  for (let tries = 0; tries < 160; tries += 1) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`never came: ${what}`);
}
