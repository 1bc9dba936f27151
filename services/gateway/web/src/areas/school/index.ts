import type { Area } from '@/shell/areas';

const booking = '/school/bookings/:event/:session/:booking';

export const school: Area = {
  home: 'school',
  routes: [
    { path: '/school', name: 'school', component: () => import('./HomePage.vue') },
    { path: '/school/find', name: 'school-find', component: () => import('./FindPage.vue'), meta: { open: true } },
    { path: '/school/programmes/:id', name: 'school-programme', component: () => import('./ProgrammePage.vue'), meta: { open: true } },
    { path: '/school/book/:event', name: 'school-book', component: () => import('./BookPage.vue') },
    { path: '/school/bookings', name: 'school-bookings', component: () => import('./BookingsPage.vue') },
    { path: booking, name: 'school-booking', component: () => import('./BookingPage.vue') },
    { path: `${booking}/letter`, name: 'school-letter', component: () => import('./LetterPage.vue') },
    { path: `${booking}/roster`, name: 'school-roster', component: () => import('./RosterPage.vue') },
    { path: '/school/waiting/:event/:session/:booking', name: 'school-wait', component: () => import('./WaitPage.vue') },
    { path: '/school/days', name: 'school-days', component: () => import('./DaysPage.vue') },
    { path: '/school/days/new', name: 'school-day-new', component: () => import('./DayNewPage.vue') },
    { path: '/school/days/:id', name: 'school-day', component: () => import('./DayPage.vue') },
    { path: '/school/rounds', name: 'school-rounds', component: () => import('./RoundsPage.vue') },
    { path: '/school/rounds/:id', name: 'school-round', component: () => import('./RoundPage.vue') },
    { path: '/school/openings/:id', name: 'school-opening', component: () => import('./OpeningPage.vue') },
    { path: '/school/caravan', name: 'school-caravan', component: () => import('./CaravanPage.vue') },
  ],
  nav: [
    { to: 'school', label: 'school.nav.home', icon: 'home' },
    { to: 'school-find', label: 'school.nav.find', icon: 'search' },
    { to: 'school-bookings', label: 'school.nav.bookings', icon: 'ticket' },
    { to: 'school-days', label: 'school.nav.days', icon: 'calendar' },
    { to: 'school-rounds', label: 'school.nav.rounds', icon: 'star' },
    { to: 'school-caravan', label: 'school.nav.caravan', icon: 'truck' },
  ],
};
