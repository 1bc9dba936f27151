// Booking while the network fails: an answer that is lost after the booking was made, one that is slow, a gateway that is gone.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertClean, launch, open, signIn, visit } from './browser.mjs';
import { bookingsOf, call, freshClass, sessions, teacher } from './school_setup.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const booking = '**/kepu.event.v1.EventService/CreateBooking';
async function atForm(schoolClass) {
  const context = await open(browser, { screen: 'phone' });
  await signIn(context, teacher);
  const page = await context.newPage();
  const [session] = await sessions('week-magnet-class', 45);
  assert(session, 'a session with places');
  const [, event, , id] = session.name.split('/');
  await visit(page, `/school/book/${event}?session=${id}`);
  await page.getByLabel('年级', { exact: true }).selectOption('5');
  await page.getByLabel('班级', { exact: true }).fill(schoolClass);
  await page.getByLabel('学生人数', { exact: true }).fill('40');
  await page.getByLabel('带队成人', { exact: true }).fill('2');
  return { context, page, go: page.getByRole('button', { name: '确认预约' }) };
}
const end = async ({ context }, schoolClass) => {
  const made = await bookingsOf(schoolClass);
  assert.equal(made.length, 1, 'booked once');
  assert.equal(made[0].state, 'CONFIRMED');
  await call(teacher, 'POST', `${made[0].name}:cancel`, {});
  assertClean(context);
  await context.close();
};

test('an answer that is lost: the page says that nobody knows, and asking again books nothing twice', async () => {
  const schoolClass = freshClass();
  const form = await atForm(schoolClass);
  let lost = 0;
  await form.page.route(booking, async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await form.go.click();
  await form.page.getByText('服务器没有回应，请稍后重试。').waitFor();
  await form.page.getByText('可以放心重试：同一操作不会被重复执行。').waitFor();
  assert.equal((await bookingsOf(schoolClass)).length, 1, 'it was booked all the same');
  await form.page.getByRole('button', { name: '重试' }).click();
  await form.page.waitForURL(/made=1/);
  await form.page.getByText('已确认', { exact: true }).waitFor();
  await end(form, schoolClass);
});

test('a slow answer: the button says that it works, and a second tap asks for nothing', async () => {
  const schoolClass = freshClass();
  const form = await atForm(schoolClass);
  let asked = 0;
  await form.page.route(booking, async (route) => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await route.continue();
  });
  await form.go.click();
  await form.page.locator('button[aria-busy=true]').waitFor();
  await form.page.locator('button[aria-busy=true]').click({ force: true });
  await form.page.waitForURL(/made=1/);
  assert.equal(asked, 1);
  await end(form, schoolClass);
});

test('a gateway that is gone: the form is there after a reload, and books when the gateway is back', async () => {
  const schoolClass = freshClass();
  const form = await atForm(schoolClass);
  await form.page.route(booking, (route) => route.abort('connectionrefused'));
  await form.go.click();
  await form.page.getByText('服务器没有回应，请稍后重试。').waitFor();
  await form.page.unroute(booking);
  await form.page.reload();
  await form.go.waitFor();
  assert.equal(await form.page.getByLabel('班级', { exact: true }).inputValue(), schoolClass);
  assert.equal(await form.page.getByLabel('学生人数', { exact: true }).inputValue(), '40');
  await form.go.click();
  await form.page.waitForURL(/made=1/);
  await end(form, schoolClass);
});
