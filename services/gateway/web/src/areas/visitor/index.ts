import type { Area } from '@/shell/areas';

export const visitor: Area = {
  home: 'visitor',
  routes: [{ path: '/', name: 'visitor', component: () => import('./HomePage.vue') }],
  nav: [{ to: 'visitor', label: 'visitor.nav.home', icon: 'home' }],
};
