// The pages of the app. `meta.home` says whose page it is: a page of a home other than the visitor's wants a login, and comes
// back to the same address after it. `meta.open` is for pages of such a home that need none, `meta.login` for pages of the
// visitor's home that do.
import { createRouter, createWebHistory, type RouteRecordRaw, START_LOCATION } from 'vue-router';
import { bringWords } from '@/i18n/lists';
import { type Home, useSession } from '@/session/store';
import { areas } from '@/shell/areas';
import { nextTask } from '@/shell/task';

declare module 'vue-router' {
  interface RouteMeta {
    home?: Home;
    open?: boolean;
    login?: boolean;
  }
}

export const bringWordsOf = (home: Home) => Promise.all([home, ...(areas[home].words ?? [])].map(bringWords));

const ofHomes: RouteRecordRaw[] = Object.values(areas).flatMap(({ home, routes }) =>
  routes.map((route) => ({ ...route, meta: { ...route.meta, home } }) as RouteRecordRaw),
);

const own: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: () => import('@/areas/account/LoginPage.vue') },
  { path: '/register', name: 'register', component: () => import('@/areas/account/RegisterPage.vue') },
  { path: '/password', name: 'password', component: () => import('@/areas/account/SetPasswordPage.vue') },
  { path: '/account', name: 'account', component: () => import('@/areas/account/AccountPage.vue'), meta: { home: 'volunteer' } },
  { path: '/notices', name: 'notices', component: () => import('@/areas/account/NoticesPage.vue'), meta: { home: 'volunteer' } },
  { path: '/help', name: 'help', component: () => import('@/areas/account/HelpPage.vue') },
  { path: '/:rest(.*)*', name: 'nowhere', component: () => import('@/shell/NowherePage.vue') },
];

export const router = createRouter({
  history: createWebHistory(),
  routes: [...ofHomes, ...own],
  scrollBehavior: (to, from, saved) => saved ?? (/^#[\w-]+$/.test(to.hash) ? { el: to.hash, top: 80 } : to.path === from.path ? undefined : { top: 0 }),
});

const accountPages = new Set(['login', 'register', 'password', 'account', 'notices', 'help']);

router.beforeEach(async (to, from) => {
  // Links to set a password carry their secret behind the hash sign, which no server sees.
  if (to.path === '/' && to.hash.startsWith('#/password/')) return { name: 'password', hash: to.hash, replace: true };
  // The frame of the app is drawn before its first page.
  if (from === START_LOCATION) await nextTask();
  const session = useSession();
  const wantsLogin = to.meta.login ?? (to.meta.home !== undefined && to.meta.home !== 'visitor' && !to.meta.open);
  const looked = session.look(wantsLogin);
  const needed: Promise<unknown>[] = [];
  if (to.meta.home && !accountPages.has(String(to.name))) needed.push(bringWordsOf(to.meta.home));
  else needed.push(bringWords('account'));
  if (wantsLogin) {
    await looked;
    // Without a network the pages that work offline open for who was here last.
    if (!session.known && !session.offline) return { name: 'login', query: { back: to.fullPath } };
  }
  await Promise.all(needed);
  return true;
});

// Where somebody lands who has just logged in.
export function homeOf(homes: Home[]) {
  return { name: homes[0] ?? 'visitor' };
}
