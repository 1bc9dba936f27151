// Every page (without --all the homes alone) in both languages on a desktop and on a phone: no violation of WCAG 2.2 AA, no
// English in the Chinese app, nothing wider than the screen, no outside request. `path` may be a function of (page) that
// finds an address.
import { after, before, test } from 'node:test';
import { readdirSync } from 'node:fs';
import { assertAccessible, assertChinese, assertClean, launch, open, settled, shot, signIn, url, visit } from './browser.mjs';

const all = process.env.KEPU_WEB_ALL === 'yes';
const only = process.env.KEPU_WEB_AREA;
const routes = [];
for (const file of readdirSync(new URL('routes', import.meta.url)).sort())
  if (!only || file === `${only}.mjs`) routes.push(...(await import(`./routes/${file}`)).default);
const chosen = routes.filter((route) => all || route.home);

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const users = [...new Set(chosen.map(({ user }) => user))];
for (const user of users)
  for (const screen of ['desktop', 'phone'])
    for (const language of ['zh', 'en'])
      test(`${user ?? 'nobody'}, ${screen}, ${language}`, async (suite) => {
        const context = await open(browser, { screen, language });
        if (user) await signIn(context, user);
        const page = await context.newPage();
        for (const route of chosen.filter((one) => one.user === user))
          await suite.test(route.name, async () => {
            const path = typeof route.path === 'function' ? await route.path(context, url) : route.path;
            await visit(page, path);
            if (route.prepare) {
              await route.prepare(page);
              await settled(page);
            }
            await shot(page, `${route.name}-${screen}-${language}`);
            await assertAccessible(page, route.name);
            if (language === 'zh') await assertChinese(page, route.name);
            assertClean(context);
          });
        await context.close();
      });
