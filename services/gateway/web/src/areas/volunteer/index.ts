import type { Area } from '@/shell/areas';

export const volunteer: Area = {
  home: 'volunteer',
  routes: [{ path: '/volunteer', name: 'volunteer', component: () => import('./HomePage.vue') }],
  nav: [{ to: 'volunteer', label: 'volunteer.nav.home', icon: 'home' }],
};
