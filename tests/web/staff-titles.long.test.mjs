// A title from the first words to the application that was sent, and an event that is not complete enough to be published.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, launch, shot } from './browser.mjs';
import { call, desk, inMinutes, pageAs } from './desk_city.mjs';

let browser;
let city;
before(async () => {
  browser = await launch();
  city = await desk();
});
after(() => browser?.close());

const staff = (...at) => pageAs(browser, city.staff.userName, ...at);

test('an application for a title is begun, outlives the page, is sent and withdrawn, and its history says who did it', async () => {
  const { context, page } = await staff('/staff/titles');
  await page.getByRole('button', { name: '申请称号' }).click();
  const statement = page.locator('form textarea').first();
  await statement.fill('全年开放，设有面向中小学的课程。');
  const evidence = page.locator('form fieldset textarea');
  await evidence.first().fill('专职讲解员 26 人');
  const asked = await evidence.count();
  await page.reload();
  await page.getByRole('button', { name: '申请称号' }).click();
  assert.equal(await statement.inputValue(), '全年开放，设有面向中小学的课程。');
  await evidence.first().waitFor();
  assert.equal(await evidence.first().inputValue(), '专职讲解员 26 人');
  for (let at = 1; at < asked; ++at) await evidence.nth(at).fill(`材料 ${at}`);
  await assertAccessible(page, 'staff-title-application');
  await shot(page, 'staff-title-application-desktop-zh');
  await page.locator('form button[type=submit]').click();
  await page.locator('article').getByText('已申请').first().waitFor();
  const read = async () => (await call(city.staff.userName, 'GET', `titles?holder=${city.venue.name}`)).titles;
  const [made] = await read();
  assert.equal(made.state, 'APPLIED');
  assert.equal(made.statement, '全年开放，设有面向中小学的课程。');
  assert.equal(made.criteria.length, asked);
  assert.equal(made.criteria[0].evidence, '专职讲解员 26 人');

  const article = page.locator('article');
  await article.locator('details').last().locator('summary').click();
  await article.getByText('您').first().waitFor();
  await article.getByRole('button', { name: '撤回申请' }).click();
  await page.locator('.toasts').getByText('已撤回。').waitFor();
  assert.equal((await read())[0].state, 'WITHDRAWN');
  assertClean(context);
  await context.close();
});

test('what an event lacks to be published is said in words, in both languages', async () => {
  const id = `${city.id}-bare`;
  await call('demo-city', 'POST', `events?eventId=${id}`, { displayName: { zh: '未写完的活动', en: 'An unfinished event' }, kind: 'LECTURE', place: city.venue.name, mode: 'EVENT_MODE_ONSITE', form: 'EVENT_FORM_LECTURE', district: 'districts/liangjiang', leadUnit: 'organizations/cqstm-museum' });
  for (const [language, words] of [['zh', ['至少一个主题', '至少一类重点人群', '学科', '至少一个话题']], ['en', ['a theme', 'a target group', 'the subject', 'a topic']]]) {
    const { context, page } = await staff(`/staff/events/${id}`, 'phone', { language });
    assert.deepEqual(await page.locator('.lacks li').allInnerTexts(), words);
    assert.equal(await page.getByRole('button', { name: language === 'zh' ? '发布活动' : 'Publish the event' }).count(), 0);
    await shot(page, `staff-not-publishable-phone-${language}`, false);
    await context.close();
  }
});

test('an event lists its sessions here, drafts too, and none of other places', async () => {
  const listed = await city.session(60 * 70, 60 * 72);
  await call('demo-city', 'POST', `${city.event.name}/sessions?draft=true`, { place: city.venue.name, startTime: inMinutes(60 * 80), endTime: inMinutes(60 * 81), pools: [{ id: 'all', capacity: 60 }] });
  const { context, page } = await staff(`/staff/events/${city.id}`);
  await page.locator('tbody tr').nth(1).waitFor();
  assert.equal(await page.locator('tbody tr').count(), 2);
  await page.locator('tbody').getByText('草稿').waitFor();
  await page.locator(`tbody a[href*="${listed.name.split('/')[3]}"]`).waitFor();
  assert.equal(await page.locator('[role=alert]').count(), 0);
  assertClean(context);
  await context.close();
});
