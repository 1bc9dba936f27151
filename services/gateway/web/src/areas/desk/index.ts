// The daily work of a venue's desk: bookings that come in, the door, rosters, day sheets, figures. Part of the staff's home.
import type { RouteRecordRaw } from 'vue-router';
import type { NavItem } from '@/shell/areas';

export const deskRoutes: RouteRecordRaw[] = [
  { path: '/staff/inbox', name: 'desk-inbox', component: () => import('./InboxPage.vue') },
  { path: '/staff/day', name: 'desk-day', component: () => import('./DayPage.vue') },
  { path: '/staff/door', name: 'desk-doors', component: () => import('./DoorsPage.vue') },
  { path: '/staff/door/:event/:session', name: 'desk-door', component: () => import('./DoorPage.vue') },
  { path: '/staff/roster/:event/:session', name: 'desk-roster', component: () => import('./RosterPage.vue') },
];
export const deskNav: NavItem[] = [
  { to: 'desk-inbox', label: 'desk.nav.inbox', icon: 'inbox', roles: ['venue_staff', 'venue_admin'] },
  { to: 'desk-doors', label: 'desk.nav.door', icon: 'scan', roles: ['venue_staff', 'venue_admin', 'caravan_crew'] },
  { to: 'desk-day', label: 'desk.nav.day', icon: 'list', roles: ['venue_staff', 'venue_admin'] },
];

// What was noted at a door and is not sent yet goes out when the app starts, whatever page is opened.
if (localStorage.getItem('door-queue')) void import('./door/sync').then((queue) => queue.start());
