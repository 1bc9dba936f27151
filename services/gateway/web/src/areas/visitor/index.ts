import type { Area } from '@/shell/areas';

export const visitor: Area = {
  home: 'visitor',
  routes: [
    { path: '/', name: 'visitor', component: () => import('./HomePage.vue') },
    { path: '/events', name: 'visitor-events', component: () => import('./EventsPage.vue') },
    { path: '/events/:event', name: 'visitor-event', component: () => import('./EventPage.vue') },
    { path: '/events/:event/sessions/:session', name: 'visitor-session', component: () => import('./SessionPage.vue') },
    { path: '/events/:event/sessions/:session/book', name: 'visitor-book', component: () => import('./BookPage.vue'), meta: { login: true } },
    { path: '/programmes/:programme', name: 'visitor-programme', component: () => import('./ProgrammePage.vue') },
    { path: '/venues', name: 'visitor-venues', component: () => import('./VenuesPage.vue') },
    { path: '/venues/:venue', name: 'visitor-venue', component: () => import('./VenuePage.vue') },
    { path: '/venues/:venue/exhibitions/:exhibition', name: 'visitor-exhibition', component: () => import('./ExhibitionPage.vue') },
    { path: '/map', name: 'visitor-map', component: () => import('./MapPage.vue') },
    { path: '/search', name: 'visitor-search', component: () => import('./SearchPage.vue') },
    { path: '/bookings', name: 'visitor-bookings', component: () => import('./BookingsPage.vue'), meta: { login: true } },
    { path: '/bookings/:event/:session/:booking', name: 'visitor-booking', component: () => import('./BookingPage.vue'), meta: { login: true } },
  ],
  nav: [
    { to: 'visitor', label: 'visitor.nav.home', icon: 'home' },
    { to: 'visitor-events', label: 'visitor.nav.events', icon: 'calendar' },
    { to: 'visitor-venues', label: 'visitor.nav.venues', icon: 'door' },
    { to: 'visitor-map', label: 'visitor.nav.map', icon: 'map' },
    { to: 'visitor-bookings', label: 'visitor.nav.bookings', icon: 'ticket' },
  ],
};
