// Every page (without --all the homes alone) in both languages on a desktop and on a phone: no violation of WCAG 2.2 AA, no
// English in the Chinese app, nothing raw, nothing wider than the screen, no outside request. With --all also in the dark and in large text. `path` may be a function of (page) that
// finds an address.
import { after, before, test } from 'node:test';
import { readdirSync } from 'node:fs';
import { assertAccessible, assertChinese, assertClean, assertNotRefused, assertPlain, launch, open, settled, shot, signIn, url, visit } from './browser.mjs';

const all = process.env.KEPU_WEB_ALL === 'yes';
const only = process.env.KEPU_WEB_AREA;
const routes = [];
for (const file of readdirSync(new URL('routes', import.meta.url)).sort())
  if (!only || file === `${only}.mjs`) routes.push(...(await import(`./routes/${file}`)).default);
const chosen = routes.filter((route) => all || route.home);

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const looks = [
  ...['desktop', 'phone'].flatMap((screen) => ['zh', 'en'].map((language) => ({ name: `${screen}, ${language}`, shot: `${screen}-${language}`, screen, language }))),
  ...(all ? [{ name: 'phone, en, dark and large', shot: 'phone-en-dark', screen: 'phone', language: 'en', dark: true }] : []),
];
const users = [...new Set(chosen.map(({ user }) => user))];
for (const user of users)
  for (const { name, screen, language, dark, shot: ending } of looks)
    test(`${user ?? 'nobody'}, ${name}`, async (suite) => {
      const context = await open(browser, { screen, language, colorScheme: dark ? 'dark' : 'light' });
      if (user) await signIn(context, user);
      if (dark) await context.addInitScript(() => location.protocol.startsWith('http') && localStorage.setItem('text', 'big'));
      const page = await context.newPage();
      for (const route of chosen.filter((one) => one.user === user))
        await suite.test(route.name, async () => {
          const path = typeof route.path === 'function' ? await route.path(context, url) : route.path;
          await visit(page, path);
          if (route.prepare) {
            await route.prepare(page);
            await settled(page);
          }
          await shot(page, `${route.name}-${ending}`);
          await assertNotRefused(page, route.name);
          await assertAccessible(page, route.name);
          await assertPlain(page, route.name);
          if (language === 'zh') await assertChinese(page, route.name);
          assertClean(context);
        });
      await context.close();
    });
