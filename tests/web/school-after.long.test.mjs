// What comes after a booking: the calendar of the teacher, other numbers than there are places for, a visit day at other times,
// and how the visit was.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { assertAccessible, assertClean, launch, open, settled, shot, signIn, visit } from './browser.mjs';
import * as city from './desk_city.mjs';
import { book, call, freshClass, pageOf, school, sessions, teacher } from './school_setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

async function asTeacher(screen = 'phone') {
  const context = await open(browser, { screen });
  await signIn(context, teacher);
  return { context, page: await context.newPage() };
}
async function end({ context }) {
  assertClean(context);
  await context.close();
}
const button = (scope, name) => scope.getByRole('button', { name, exact: true });

// The lines of a calendar file, put together again as RFC 5545 says.
function readCalendar(path) {
  const text = readFileSync(path, 'utf8');
  assert(text.endsWith('\r\n') && !/[^\r]\n/.test(text), 'lines end in CR LF');
  const lines = text.split('\r\n').slice(0, -1);
  assert(lines.every((line) => Buffer.byteLength(line) <= 75), 'no line is longer than 75 octets');
  const plain = text.replace(/\r\n[ \t]/g, '').split('\r\n').filter(Boolean);
  assert.deepEqual([plain[0], plain.at(-1)], ['BEGIN:VCALENDAR', 'END:VCALENDAR']);
  return Object.fromEntries(plain.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).replace(/\\n/g, '\n').replace(/\\([\\;,])/g, '$1')]));
}
const stamp = (time) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');

test('a booking goes into the calendar of the teacher, and tells what became of it', async () => {
  const made = await book({ party: { pupils: 20, adults: 2 } });
  await call(teacher, 'PATCH', `${made.name}?updateMask=party`, { party: { pupils: 19, adults: 2 } });
  const [session, one] = [await call(teacher, 'GET', made.name.split('/').slice(0, 4).join('/')), await asTeacher()];
  await visit(one.page, pageOf(made.name));
  const [file] = await Promise.all([one.page.waitForEvent('download'), button(one.page, '加入日历').click()]);
  const number = made.name.split('/').at(-1).toUpperCase();
  assert.equal(file.suggestedFilename(), `${number}.ics`);
  const event = readCalendar(await file.path());
  assert.deepEqual([event.VERSION, event.DTSTART, event.DTEND], ['2.0', stamp(session.startTime), stamp(session.endTime)]);
  assert(event.SUMMARY.includes('磁与电') && event.SUMMARY.includes(made.schoolClass), event.SUMMARY);
  assert(event.LOCATION.includes('重庆科技馆'), event.LOCATION);
  assert(event.DESCRIPTION.includes(number) && event.DESCRIPTION.includes('学生 19 人'), event.DESCRIPTION);
  assert(event.URL.endsWith(pageOf(made.name)), event.URL);

  await one.page.getByText('变更记录').click();
  const history = one.page.locator('details').filter({ hasText: '变更记录' }).getByRole('listitem');
  await history.filter({ hasText: '您' }).nth(1).waitFor();
  assert((await history.count()) >= 2, 'that it was booked, and that it was changed');
  await assertAccessible(one.page, 'the history of a booking');
  await call(teacher, 'POST', `${made.name}:cancel`, {});
  await end(one);
});

test('more pupils than there are places for: beside the number it says how many fit', async () => {
  const [session] = await sessions('week-magnet-class', 45);
  assert(session, 'a session with places');
  const [, event, , id] = session.name.split('/');
  const adults = 5;
  const most = Math.min(...session.pools.map(({ counts, free }) => (counts === 'PUPILS_ONLY' ? free : free - adults)));
  const one = await asTeacher();
  await visit(one.page, `/school/book/${event}?session=${id}`);
  await one.page.getByLabel('年级', { exact: true }).selectOption('5');
  await one.page.getByLabel('班级', { exact: true }).fill(freshClass());
  const pupils = one.page.getByLabel('学生人数', { exact: true });
  await pupils.fill(String(most + 1));
  await one.page.getByLabel('带队成人', { exact: true }).fill(String(adults));
  const told = one.page.getByRole('alert').filter({ hasText: `这一场只够学生 ${most} 人` });
  await told.waitFor();
  assert.equal(await pupils.getAttribute('aria-describedby'), await told.getAttribute('id'), 'it is told beside the number');
  await assertAccessible(one.page, 'too many pupils');
  await shot(one.page, 'school-job-too-many');
  await pupils.fill(String(most));
  await told.waitFor({ state: 'detached' });
  await button(one.page, '确认预约').click();
  await one.page.waitForURL(/made=1/);
  await settled(one.page);

  // Its own places are not lacking when it is changed.
  await button(one.page, '修改人数').click();
  const dialog = one.page.getByRole('dialog');
  await dialog.getByLabel('学生人数', { exact: true }).fill(String(most + 1));
  await dialog.getByRole('alert').filter({ hasText: `名额只够学生 ${most} 人` }).waitFor();
  await dialog.getByLabel('学生人数', { exact: true }).fill(String(most - 1));
  await button(dialog, '保存').click();
  await one.page.getByText(`学生 ${most - 1} 人，成人 5 人`, { exact: true }).waitFor();
  const name = one.page.url().replace(/^.*\/school\/bookings\/([^/]+)\/([^/]+)\/([^?]+).*$/, 'events/$1/sessions/$2/bookings/$3');
  await call(teacher, 'POST', `${name}:cancel`, {});
  await end(one);
});

test('a visit day is moved to the afternoon: everything is planned and claimed anew', async () => {
  const date = new Date(Date.now() + 8 * 3600e3 + 86400e3 * (20 + 7 * Math.floor(Math.random() * 8)));
  date.setUTCDate(date.getUTCDate() + ((4 - date.getUTCDay() + 7) % 7));
  const { name } = await call(teacher, 'POST', 'visitDays', {
    venues: ['venues/cqstm'], date: { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }, day: { startMinute: 570, endMinute: 720 }, school,
    classes: [{ id: freshClass(), grade: '5', pupils: 38, adults: 2 }], courses: [{ id: 'magnets.poles', minutes: 40 }],
    rooms: [{ name: 'venues/cqstm/spaces/classroom-2', capacity: 45 }],
  });
  await call(teacher, 'POST', `${name}:plan`, {});
  await call(teacher, 'POST', `${name}:confirm`, {});
  const one = await asTeacher();
  await visit(one.page, `/school/days/${name.split('/')[1]}`);
  await button(one.page, '调整').click();
  const dialog = one.page.getByRole('dialog');
  await dialog.getByLabel('最早到馆').fill('13:30');
  await dialog.getByLabel('最晚离馆').fill('16:00');
  await assertAccessible(one.page, 'moving a visit day');
  await button(dialog, '重新排程').click();
  await one.page.getByText('已重新排程').waitFor({ timeout: 40_000 });
  const day = await call(teacher, 'GET', name);
  assert.deepEqual([day.state, day.day.startMinute, day.day.endMinute], ['CONFIRMED', 810, 960]);
  assert(day.rows.length > 0 && day.rows.every(({ time }) => time.startMinute >= 810 && time.endMinute <= 960), JSON.stringify(day.rows));
  await one.page.getByText('13:30–16:00').waitFor();
  await call(teacher, 'POST', `${name}:cancel`, { reason: '测试结束' });
  await end(one);
});

const aClass = { kind: 'SCHOOL', school, grade: '5', party: { pupils: 20, adults: 2 } };
test('after the visit who came says how it was, and changes it', { timeout: 120_000 }, async () => {
  const { session, staff } = await city.desk();
  const made = await session(0.25, 0.4);
  const came = await call(teacher, 'POST', `${made.name}/bookings`, { ...aClass, schoolClass: freshClass() });
  await city.call(staff.userName, 'POST', `${made.name}:checkIn`, { code: (await call(teacher, 'GET', `${came.name}/entryCode`)).code });
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(made.endTime) + 1000 - Date.now())));

  const one = await asTeacher();
  await visit(one.page, pageOf(came.name));
  const form = one.page.locator('section').filter({ has: one.page.getByRole('heading', { name: '参观评价' }) });
  await button(form, '提交评价').click();
  await form.getByText('请至少选一项。').waitFor();
  for (const question of ['content', 'staff', 'organization', 'comeAgain']) await form.locator(`input[name=${question}]`).nth(4).check();
  await form.getByLabel('想说的话').fill('同学们都很投入');
  await button(form, '提交评价').click();
  await one.page.getByText('谢谢您的评价').waitFor();
  const given = () => call(teacher, 'GET', `${came.name}/feedback`);
  assert.deepEqual([(await given()).ratings.content, (await given()).remark], [5, '同学们都很投入']);
  await form.locator('input[name=content]').nth(3).check();
  await button(form, '保存').click();
  for (let tries = 0; tries < 40 && (await given()).ratings.content !== 4; tries += 1) await one.page.waitForTimeout(250);
  assert.equal((await given()).ratings.content, 4);
  await assertAccessible(one.page, 'feedback of a class');
  await shot(one.page, 'school-job-feedback');
  await end(one);
});
