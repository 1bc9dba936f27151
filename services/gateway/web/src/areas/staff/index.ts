import type { Area } from '@/shell/areas';

export const staff: Area = {
  home: 'staff',
  routes: [{ path: '/staff', name: 'staff', component: () => import('./HomePage.vue') }],
  nav: [{ to: 'staff', label: 'staff.nav.home', icon: 'home' }],
};
