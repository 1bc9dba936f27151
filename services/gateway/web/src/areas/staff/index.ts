import { deskNav, deskRoutes } from '@/areas/desk';
import type { Area } from '@/shell/areas';

export const staff: Area = {
  home: 'staff',
  words: ['desk'],
  routes: [
    { path: '/staff', name: 'staff', component: () => import('./HomePage.vue') },
    { path: '/staff/timeline', name: 'staff-timeline', component: () => import('./TimelinePage.vue') },
    { path: '/staff/exhibitions', name: 'staff-exhibitions', component: () => import('./ExhibitionsPage.vue') },
    { path: '/staff/exhibitions/new', name: 'staff-exhibition-new', component: () => import('./ExhibitionPage.vue') },
    { path: '/staff/exhibitions/:id', name: 'staff-exhibition', component: () => import('./ExhibitionPage.vue') },
    { path: '/staff/events', name: 'staff-events', component: () => import('./EventsPage.vue') },
    { path: '/staff/events/new', name: 'staff-event-new', component: () => import('./EventPage.vue') },
    { path: '/staff/events/:event', name: 'staff-event', component: () => import('./EventPage.vue') },
    { path: '/staff/events/:event/sessions/new', name: 'staff-session-new', component: () => import('./NewSessionPage.vue') },
    { path: '/staff/events/:event/sessions/:session', name: 'staff-session', component: () => import('./SessionPage.vue') },
    { path: '/staff/events/:event/series/:series', name: 'staff-series', component: () => import('./SeriesPage.vue') },
    { path: '/staff/halls', name: 'staff-halls', component: () => import('./HallsPage.vue') },
    { path: '/staff/shifts', name: 'staff-shifts', component: () => import('./ShiftsPage.vue') },
    { path: '/staff/tours', name: 'staff-tours', component: () => import('./ToursPage.vue') },
    { path: '/staff/titles', name: 'staff-titles', component: () => import('./TitlesPage.vue') },
    { path: '/staff/import', name: 'staff-import', component: () => import('./ImportPage.vue') },
    ...deskRoutes,
  ],
  nav: [
    { to: 'staff', label: 'staff.nav.home', icon: 'home' },
    { to: 'staff-timeline', label: 'staff.nav.timeline', icon: 'calendar' },
    ...deskNav,
    { to: 'staff-events', label: 'staff.nav.events', icon: 'ticket' },
    { to: 'staff-exhibitions', label: 'staff.nav.exhibitions', icon: 'star' },
    { to: 'staff-halls', label: 'staff.nav.halls', icon: 'door' },
    { to: 'staff-shifts', label: 'staff.nav.shifts', icon: 'people' },
    { to: 'staff-tours', label: 'staff.nav.tours', icon: 'truck' },
    { to: 'staff-titles', label: 'staff.nav.titles', icon: 'award', roles: ['venue_admin'] },
    { to: 'staff-import', label: 'staff.nav.import', icon: 'list', roles: ['venue_admin', 'venue_staff'] },
  ],
};
