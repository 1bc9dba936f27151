import { deskNav, deskRoutes } from '@/areas/desk';
import type { Area } from '@/shell/areas';

export const staff: Area = {
  home: 'staff',
  words: ['desk'],
  routes: [{ path: '/staff', name: 'staff', component: () => import('./HomePage.vue') }, ...deskRoutes],
  nav: [{ to: 'staff', label: 'staff.nav.home', icon: 'home' }, ...deskNav],
};
