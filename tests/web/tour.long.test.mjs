// The pictures of README.md's tour, into the folder KEPU_TOUR: `tests/web/run --tour DIR tour.long.test.mjs`.
import { after, before, test } from 'node:test';
import { mkdirSync } from 'node:fs';
import { assertClean, launch, open, signIn, visit } from './browser.mjs';

const folder = process.env.KEPU_TOUR;
const pictures = [
  { name: 'visitor-home', path: '/', screen: 'phone' },
  { name: 'visitor-map', path: '/map', screen: 'desktop' },
  { name: 'staff-timeline', path: '/staff/timeline', user: 'demo-museum', screen: 'desktop' },
  { name: 'staff-inbox', path: '/staff/inbox', user: 'demo-museum', screen: 'desktop' },
  { name: 'school-find', path: '/school/find?grade=5', user: 'demo-teacher-2', screen: 'phone' },
  { name: 'volunteer-home', path: '/volunteer', user: 'demo-volunteer-1', screen: 'phone' },
  { name: 'office-coverage', path: '/office/coverage', user: 'demo-city', screen: 'desktop' },
];

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test('pictures', { skip: folder ? false : 'no folder for pictures was given' }, async (suite) => {
  mkdirSync(folder, { recursive: true });
  for (const { name, path, user, screen } of pictures)
    await suite.test(name, async () => {
      const context = await open(browser, { screen, deviceScaleFactor: 1 });
      if (user) await signIn(context, user);
      const page = await context.newPage();
      await visit(page, path);
      await page.screenshot({ path: `${folder}/${name}.jpg`, type: 'jpeg', quality: 72 });
      assertClean(context);
      await context.close();
    });
});
