import type { Area } from '@/shell/areas';

export const school: Area = {
  home: 'school',
  routes: [{ path: '/school', name: 'school', component: () => import('./HomePage.vue') }],
  nav: [{ to: 'school', label: 'school.nav.home', icon: 'home' }],
};
