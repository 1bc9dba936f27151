import type { Area } from '@/shell/areas';

export const office: Area = {
  home: 'office',
  routes: [{ path: '/office', name: 'office', component: () => import('./HomePage.vue') }],
  nav: [{ to: 'office', label: 'office.nav.home', icon: 'home' }],
};
