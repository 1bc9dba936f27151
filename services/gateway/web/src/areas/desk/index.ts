// The daily work of a venue's desk: bookings that come in, the door, rosters, day sheets, figures. Part of the staff's home.
import type { RouteRecordRaw } from 'vue-router';
import type { NavItem } from '@/shell/areas';

export const deskRoutes: RouteRecordRaw[] = [
  { path: '/staff/inbox', name: 'desk-inbox', component: () => import('./InboxPage.vue') },
  { path: '/staff/day', name: 'desk-day', component: () => import('./DayPage.vue') },
  { path: '/staff/door', name: 'desk-doors', component: () => import('./DoorsPage.vue') },
  { path: '/staff/door/:event/:session', name: 'desk-door', component: () => import('./DoorPage.vue') },
  { path: '/staff/roster/:event/:session', name: 'desk-roster', component: () => import('./RosterPage.vue') },
  { path: '/staff/crew', name: 'desk-crew', component: () => import('./CrewPage.vue') },
  { path: '/staff/figures', name: 'desk-figures', component: () => import('./FiguresPage.vue') },
  { path: '/staff/hours', name: 'desk-hours', component: () => import('./HoursPage.vue') },
  { path: '/staff/feedback', name: 'desk-feedback', component: () => import('./FeedbackPage.vue') },
  { path: '/staff/evaluation/:event', name: 'desk-evaluation', component: () => import('./EvaluationPage.vue') },
];
export const deskNav: NavItem[] = [
  { to: 'desk-inbox', label: 'desk.nav.inbox', icon: 'inbox', roles: ['venue_staff', 'venue_admin'] },
  { to: 'desk-doors', label: 'desk.nav.door', icon: 'scan', roles: ['venue_staff', 'venue_admin', 'caravan_crew'] },
  { to: 'desk-day', label: 'desk.nav.day', icon: 'list', roles: ['venue_staff', 'venue_admin'] },
  { to: 'desk-crew', label: 'desk.nav.crew', icon: 'truck', roles: ['caravan_crew'] },
  { to: 'desk-hours', label: 'desk.nav.hours', icon: 'clock', roles: ['venue_staff', 'venue_admin', 'coordinator'] },
  { to: 'desk-figures', label: 'desk.nav.figures', icon: 'chart', roles: ['venue_staff', 'venue_admin'] },
  { to: 'desk-feedback', label: 'desk.nav.feedback', icon: 'star', roles: ['venue_staff', 'venue_admin'] },
];

// What was noted at a door and is not sent yet goes out when the app starts, whatever page is opened.
if (localStorage.getItem('door-queue')) void import('./door/sync').then((queue) => queue.start());
