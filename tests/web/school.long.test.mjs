// A visit day of two classes and two courses, planned and confirmed by one teacher and seen by a colleague; a full session
// and its wait list; wishes of a term; what a colleague may do with a booking.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertClean, launch, open, settled, shot, signIn, url, visit } from './browser.mjs';
import { book, call, colleague, freshClass, pageOf, school, sessions, teacher } from './school_setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

async function signInAs(context, { username, password }) {
  const answer = await context.request.post(`${url}/v1/sessions:login`, { headers: { Origin: url }, data: { userName: username, password } });
  assert.equal(answer.status(), 200, await answer.text());
}
const dayAfter = (days) => new Date(Date.now() + 8 * 3600e3 + days * 86400e3).toISOString().slice(0, 10);

test('a visit day of two classes and two courses is planned, confirmed, and seen by a colleague', async () => {
  const other = await colleague();
  const context = await open(browser, {});
  await signIn(context, teacher);
  const page = await context.newPage();
  await visit(page, '/school/days/new?programme=programmes/magnets');
  const classes = [freshClass(), freshClass()];
  // A Wednesday, when the museum is open; another one each time, so that runs do not meet.
  const first = 20 + ((3 - new Date(Date.now() + 8 * 3600e3 + 20 * 86400e3).getUTCDay() + 7) % 7);
  await page.getByLabel('日期', { exact: true }).fill(dayAfter(first + 7 * Math.floor(Math.random() * 8)));
  await page.getByRole('button', { name: '再加一个班' }).click();
  for (const [place, schoolClass] of classes.entries()) {
    const line = page.getByRole('group', { name: `第 ${place + 1} 个班` });
    await line.getByLabel('班级', { exact: true }).fill(schoolClass);
    await line.getByLabel('年级', { exact: true }).selectOption('5');
    await line.getByLabel('学生人数', { exact: true }).fill('38');
    await line.getByLabel('带队成人', { exact: true }).fill('2');
  }
  await page.getByLabel(/磁极与磁场/).check();
  await page.getByLabel(/自制电动机/).check();
  await assertAccessible(page, 'a new visit day');
  await page.getByRole('button', { name: '生成轮换方案' }).click();
  await page.waitForURL(/\/school\/days\/(?!new)/, { timeout: 30_000 });
  await page.getByText('方案待确认', { exact: true }).waitFor({ timeout: 30_000 });
  await settled(page);
  for (const schoolClass of classes) {
    const plan = page.getByRole('region', { name: schoolClass });
    await plan.getByText('磁极与磁场').waitFor();
    await plan.getByText('自制电动机').waitFor();
  }
  await assertAccessible(page, 'a planned visit day');
  await shot(page, 'school-job-day');
  await page.getByRole('button', { name: '确认并占用全部' }).click();
  await page.getByText('各班时间、教室和车位都已占好').waitFor({ timeout: 30_000 });
  const name = `visitDays/${page.url().split('/').at(-1)}`;
  const day = await call(teacher, 'GET', name);
  assert.equal(day.state, 'CONFIRMED');
  const lessons = day.rows.filter(({ kind }) => kind === 'COURSE');
  assert.equal(lessons.length, 4, 'two classes have two courses each');
  for (const one of lessons)
    for (const two of lessons)
      if (one !== two && one.place === two.place) assert(one.time.endMinute <= two.time.startMinute || two.time.endMinute <= one.time.startMinute, 'no room holds two classes at once');
  assertClean(context);
  await context.close();

  const theirs = await open(browser, { screen: 'phone' });
  await signInAs(theirs, other);
  const phone = await theirs.newPage();
  await visit(phone, '/school/days');
  await phone.getByRole('link').filter({ hasText: classes[0] }).click();
  await phone.getByRole('heading', { name: '参观日' }).waitFor();
  await phone.getByText('已确认', { exact: true }).waitFor();
  await phone.getByRole('button', { name: '取消参观日' }).click();
  await phone.getByLabel('原因').fill('测试结束');
  await phone.getByRole('dialog').getByRole('button', { name: '确认取消' }).click();
  await phone.getByText('已取消', { exact: true }).waitFor();
  assert.equal((await call(teacher, 'GET', name)).state, 'CANCELLED');
  assertClean(theirs);
  await theirs.close();
});

test('a colleague sees a booking, changes it and gives it back', async () => {
  const made = await book();
  const other = await colleague();
  const context = await open(browser, { screen: 'phone' });
  await signInAs(context, other);
  const page = await context.newPage();
  await visit(page, '/school/bookings');
  await page.getByRole('row').filter({ hasText: made.schoolClass }).getByRole('link').click();
  await page.waitForURL((to) => to.pathname === pageOf(made.name));
  await page.getByText('本校同事').waitFor();
  await page.getByRole('button', { name: '修改人数' }).click();
  await page.getByRole('dialog').getByLabel('学生人数', { exact: true }).fill('18');
  await page.getByRole('dialog').getByLabel('带队成人', { exact: true }).fill('2');
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await page.getByText('学生 18 人，成人 2 人', { exact: true }).waitFor();
  await page.getByRole('button', { name: '取消预约' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '确认取消' }).click();
  await page.getByText('已取消', { exact: true }).waitFor();
  const now = await call(teacher, 'GET', made.name);
  assert.deepEqual([now.state, now.party.pupils], ['CANCELLED', 18]);
  assertClean(context);
  await context.close();
});

test('where it is full a class waits, is offered the places that come free, and takes them', async () => {
  const [session] = await sessions('week-dazu-class', 50);
  assert(session, 'an empty session of Dazu');
  const [, event, , id] = session.name.split('/');
  const full = await call('demo-teacher-1', 'POST', `${session.name}/bookings`, { kind: 'SCHOOL', school: 'schools/liangjiang-boya-k', grade: '3', schoolClass: freshClass(), party: { pupils: 45, adults: 5 } });
  const context = await open(browser, { screen: 'phone' });
  await signIn(context, teacher);
  const page = await context.newPage();
  await visit(page, `/school/book/${event}?session=${id}`);
  await page.getByLabel('年级', { exact: true }).selectOption('5');
  await page.getByLabel('班级', { exact: true }).fill(freshClass());
  await page.getByLabel('学生人数', { exact: true }).fill('30');
  await page.getByLabel('带队成人', { exact: true }).fill('2');
  await page.getByRole('button', { name: '加入候补' }).click();
  await page.waitForURL(/\/school\/waiting\//);
  await page.getByText('正在候补', { exact: true }).waitFor();
  await shot(page, 'school-job-waiting');
  await assertAccessible(page, 'the wait list');
  await call('demo-teacher-1', 'POST', `${full.name}:cancel`, {});
  // Told by the stream, without a reload.
  await page.getByText('轮到你们了', { exact: true }).waitFor();
  await page.getByRole('button', { name: '确认预约' }).click();
  await page.waitForURL(/made=1/);
  await page.getByText('已确认', { exact: true }).waitFor();
  const name = page.url().replace(/^.*\/school\/bookings\/([^/]+)\/([^/]+)\/([^?]+).*$/, 'events/$1/sessions/$2/bookings/$3');
  assert.equal((await call(teacher, 'GET', name)).state, 'CONFIRMED');
  await call(teacher, 'POST', `${name}:cancel`, {});
  assertClean(context);
  await context.close();
});

test('a caravan is asked for, and the request is followed', async () => {
  const context = await open(browser, { screen: 'phone' });
  await signIn(context, teacher);
  const page = await context.newPage();
  await visit(page, '/school/caravan');
  await page.getByRole('button', { name: '申请到校' }).click();
  await page.getByLabel('参加人数', { exact: true }).fill('120');
  await page.getByLabel('全程在场的老师', { exact: true }).selectOption('science-teacher');
  await assertAccessible(page, 'asking for a caravan');
  await page.getByRole('button', { name: '提交申请' }).click();
  await page.getByText('待安排', { exact: true }).first().waitFor();
  const { stopRequests } = await call(teacher, 'GET', `stopRequests?within=${school}&state=OPEN`);
  assert.equal(stopRequests[0].heads, 120);
  await page.getByRole('button', { name: '撤回申请' }).first().click();
  await page.getByText('已撤回', { exact: true }).first().waitFor();
  assertClean(context);
  await context.close();
});

test('wishes of a term are ranked without a mouse, sent, and explained after the draw', async () => {
  const offered = (await sessions('week-dinosaur-tour', 45)).slice(-2);
  assert.equal(offered.length, 2, 'two sessions for the round');
  const close = Date.now() + 80_000;
  const round = await call('demo-city', 'POST', 'rounds', {
    displayName: { zh: '测试轮次' }, programmes: ['programmes/dinosaurs'], startTime: offered[0].startTime, endTime: offered[1].endTime,
    wishOpenTime: new Date(Date.now() - 60_000).toISOString(), wishCloseTime: new Date(close).toISOString(),
  });
  try {
    await call('demo-city', 'POST', `${round.name}:open`, {});
    const context = await open(browser, { screen: 'phone' });
    await signIn(context, teacher);
    const page = await context.newPage();
    await visit(page, `/school/rounds/${round.name.split('/')[1]}`);
    const schoolClass = freshClass();
    await page.getByLabel('班级', { exact: true }).fill(schoolClass);
    await page.getByLabel('年级', { exact: true }).selectOption('5');
    await page.getByLabel('学生人数', { exact: true }).fill('38');
    await page.getByLabel('带队成人', { exact: true }).fill('2');
    for (const { name } of offered) await page.getByLabel('添加场次').selectOption(name);
    const up = page.getByRole('button', { name: /^上移/ }).nth(1);
    await up.focus();
    await page.keyboard.press('Enter');
    await assertAccessible(page, 'wishes');
    await page.getByRole('button', { name: '提交志愿' }).click();
    await page.getByRole('heading', { name: new RegExp(`^${schoolClass}`) }).waitFor();
    const { wishes } = await call(teacher, 'GET', `${round.name}/wishes`);
    assert.deepEqual(wishes.find((one) => one.schoolClass === schoolClass).sessions, offered.map(({ name }) => name).reverse());
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, close + 1500 - Date.now())));
    await call('demo-city', 'POST', `${round.name}:draw`, {});
    for (let state = ''; state !== 'DRAWN'; ({ state } = await call(teacher, 'GET', round.name))) await new Promise((resolve) => setTimeout(resolve, 500));
    await page.reload();
    await settled(page);
    await page.getByText('已分配', { exact: true }).waitFor();
    await page.getByText('已分配（顺序第').waitFor();
    await shot(page, 'school-job-wishes');
    assertClean(context);
    await context.close();
  } finally {
    await call('demo-city', 'POST', `${round.name}:cancel`, {});
    // Its sessions are given back one by one; others want them.
    for (const { name } of offered) while ((await call(teacher, 'GET', name)).round) await new Promise((resolve) => setTimeout(resolve, 250));
  }
});

test('a waiting room is entered, lets in by turn, and leads to the form', async () => {
  const [session] = await sessions('week-dinosaur-tour', 30);
  const opens = Date.now() + 25_000;
  const opening = await call('demo-nature', 'POST', 'openings', { displayName: { zh: '化石专场' }, place: 'venues/cqnhm', sessions: [session.name], openTime: new Date(opens).toISOString(), ratePerMinute: 600 });
  const context = await open(browser, { screen: 'phone' });
  await signIn(context, teacher);
  const page = await context.newPage();
  try {
    await visit(page, `/school/openings/${opening.name.split('/')[1]}`);
    await page.getByRole('button', { name: '进入等候室' }).click();
    await page.getByText(/已在等候室|轮到你们了/).waitFor();
    await assertAccessible(page, 'the waiting room');
    await page.getByText('轮到你们了，请选场次').waitFor({ timeout: 60_000 });
    await shot(page, 'school-job-turn');
    await page.getByRole('link', { name: '去预约' }).click();
    await page.waitForURL(/\/school\/book\//);
    await settled(page);
    await page.getByLabel('年级', { exact: true }).selectOption('5');
    await page.getByLabel('班级', { exact: true }).fill(freshClass());
    await page.getByLabel('学生人数', { exact: true }).fill('20');
    await page.getByLabel('带队成人', { exact: true }).fill('1');
    await page.getByRole('button', { name: '确认预约' }).click();
    await page.waitForURL(/made=1/);
    assertClean(context);
  } finally {
    await call('demo-nature', 'POST', `${opening.name}:cancel`, { reason: '测试结束' });
    await context.close();
  }
});

test('what staff approve waits, takes its paper, and moves to the session that they offer instead', async () => {
  const free = await sessions('week-magnet-class', 40);
  const [session, other] = free.slice(-2);
  assert(session && other, 'two sessions with places');
  const terms = (approvalKinds, papers) => call('demo-museum', 'PATCH', session.name, { terms: { approvalKinds, papers } });
  await terms(['SCHOOL'], ['PAPER_KIND_INSURANCE']);
  const context = await open(browser, { screen: 'phone' });
  try {
    await signIn(context, teacher);
    const page = await context.newPage();
    const [, event, , id] = session.name.split('/');
    await visit(page, `/school/book/${event}?session=${id}`);
    await page.getByText('需要场馆审核').waitFor();
    await page.getByLabel('年级', { exact: true }).selectOption('5');
    await page.getByLabel('班级', { exact: true }).fill(freshClass());
    await page.getByLabel('学生人数', { exact: true }).fill('20');
    await page.getByLabel('带队成人', { exact: true }).fill('1');
    await page.getByRole('button', { name: '提交申请' }).click();
    await page.waitForURL(/made=1/);
    await page.getByText('待审核', { exact: true }).first().waitFor();
    const name = page.url().replace(/^.*\/school\/bookings\/([^/]+)\/([^/]+)\/([^?]+).*$/, 'events/$1/sessions/$2/bookings/$3');

    const [paper] = (await call(teacher, 'GET', `${name}/papers`)).papers;
    await page.getByLabel(/选择文件|重新上传/).setInputFiles({ name: 'insurance.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n') });
    await page.getByRole('button', { name: '上传', exact: true }).click();
    await page.getByText('材料已上传').waitFor();
    const [now] = (await call(teacher, 'GET', `${name}/papers`)).papers;
    assert.deepEqual([now.kind, now.state, now.versions.length], ['PAPER_KIND_INSURANCE', 'SUBMITTED', (paper.versions?.length ?? 0) + 1]);
    await settled(page);
    await shot(page, 'school-job-pending');
    await assertAccessible(page, 'a booking that waits for staff');

    await call('demo-museum', 'POST', `${name}:counterOffer`, { session: other.name });
    // Told by the stream; the home of the school lists it as well.
    await page.getByRole('heading', { name: '场馆建议换一场' }).waitFor();
    await visit(page, '/school');
    await page.getByRole('link').filter({ hasText: '场馆建议换一场' }).first().click();
    await page.getByRole('button', { name: '接受新场次' }).click();
    await page.waitForURL((to) => to.pathname.includes(other.name.split('/')[3]));
    await settled(page);
    await page.getByText('已确认', { exact: true }).waitFor();
    const old = await call(teacher, 'GET', name);
    assert.equal((await call(teacher, 'GET', old.movedTo)).state, 'CONFIRMED');
    await call(teacher, 'POST', `${old.movedTo}:cancel`, {});
    assertClean(context);
  } finally {
    await terms([], []).catch(() => undefined);
    await context.close();
  }
});

test('a camp: a pupil is put on the roster, a guardian consents, and names are shown only for a purpose', async () => {
  const day = 20 + ((3 - new Date(Date.now() + 8 * 3600e3 + 20 * 86400e3).getUTCDay() + 7) % 7);
  const at = (hour, more = 0) => new Date(`${dayAfter(day + more)}T${hour}:00:00+08:00`).toISOString();
  const event = await call('demo-museum', 'POST', 'events?publish=true', {
    displayName: { zh: '冬令营：小小科学家', en: 'Winter camp' }, kind: 'CAMP', place: 'venues/cqstm', startTime: at('09'), endTime: at('17', 2), mode: 'EVENT_MODE_ONSITE', form: 'EVENT_FORM_TRAINING',
    themes: ['THEME_INNOVATION'], targetGroups: ['TARGET_GROUP_MINORS'], subject: 'SUBJECT_NATURAL', topics: ['magnetism'], interaction: 'INTERACTION_HANDS_ON', district: 'districts/liangjiang', leadUnit: 'organizations/cqstm-museum',
  });
  const session = await call('demo-museum', 'POST', `${event.name}/sessions`, { place: 'venues/cqstm', startTime: at('10'), endTime: at('16'), pools: [{ id: 'all', capacity: 40 }] });
  const { name } = await call(teacher, 'POST', `${session.name}/bookings`, { kind: 'SCHOOL', school, grade: '5', schoolClass: freshClass(), party: { pupils: 1, adults: 1 } });
  const context = await open(browser, { screen: 'phone' });
  await signIn(context, teacher);
  const page = await context.newPage();
  await visit(page, '/school');
  await page.getByRole('link').filter({ hasText: '监护人同意还差 1 人' }).first().click();
  await page.waitForURL(/\/roster$/);
  await settled(page);
  await page.getByLabel('学生姓名', { exact: true }).fill('示例小明');
  await page.getByLabel('监护人姓名', { exact: true }).fill('示例家长');
  await page.getByLabel('监护人电话', { exact: true }).fill('13800000000');
  await assertAccessible(page, 'an empty roster');
  await page.getByRole('button', { name: '添加营员' }).click();
  await page.getByText('第 1 位营员', { exact: true }).waitFor();
  assert.equal(await page.getByText('示例小明').count(), 0, 'no name without a purpose');
  await page.getByRole('button', { name: '登记同意（纸质）' }).click();
  await page.getByText('监护人已同意', { exact: true }).waitFor();
  await page.getByLabel('查看姓名的用途').fill('核对报到');
  await page.getByRole('button', { name: '显示姓名' }).click();
  await page.getByText('示例小明', { exact: true }).waitFor();
  await settled(page);
  await assertAccessible(page, 'a roster with names');
  await shot(page, 'school-job-roster');
  const roster = await call(teacher, 'GET', `${name}/roster`);
  assert.deepEqual([roster.consents, roster.pupils.length], [1, 1]);
  assert.equal((await call(teacher, 'GET', `${name}/roster:readings`)).readings[0].purpose, '核对报到');
  await call(teacher, 'POST', `${name}:cancel`, {});
  assertClean(context);
  await context.close();
});
