import type { Area } from '@/shell/areas';
import { flushAtStart } from './presence/start';

flushAtStart();

export const volunteer: Area = {
  home: 'volunteer',
  routes: [
    { path: '/volunteer', name: 'volunteer', component: () => import('./HomePage.vue') },
    { path: '/volunteer/shifts', name: 'my-shifts', component: () => import('./MyShiftsPage.vue') },
    { path: '/volunteer/shifts/:id', name: 'volunteer-shift', component: () => import('./ShiftPage.vue') },
    { path: '/volunteer/check', name: 'volunteer-check', component: () => import('./CheckPage.vue') },
    { path: '/volunteer/hours', name: 'my-hours', component: () => import('./HoursPage.vue') },
    { path: '/volunteer/certificates', name: 'my-certificates', component: () => import('./CertificatesPage.vue') },
    { path: '/certificates/check', name: 'certificate-check', component: () => import('./CheckCertificatePage.vue'), meta: { open: true } },
    { path: '/volunteer/honours', name: 'my-honours', component: () => import('./HonoursPage.vue') },
    { path: '/volunteer/trainings', name: 'volunteer-trainings', component: () => import('./TrainingsPage.vue') },
    { path: '/volunteer/teams', name: 'volunteer-teams', component: () => import('./TeamsPage.vue') },
    { path: '/volunteer/calendar', name: 'volunteer-calendar', component: () => import('./CalendarPage.vue') },
    { path: '/volunteer/me', name: 'volunteer-me', component: () => import('./MePage.vue') },
    { path: '/volunteer/guardian', name: 'volunteer-guardian', component: () => import('./GuardianPage.vue') },
    { path: '/volunteer/data', name: 'volunteer-data', component: () => import('./DataPage.vue') },
    { path: '/volunteer/consents', name: 'volunteer-consents', component: () => import('./ConsentPage.vue') },
    { path: '/volunteer/kiosk', name: 'volunteer-kiosk', component: () => import('./KioskPage.vue') },
  ],
  nav: [
    { to: 'volunteer', label: 'volunteer.nav.home', icon: 'home' },
    { to: 'my-shifts', label: 'volunteer.nav.shifts', icon: 'calendar' },
    { to: 'volunteer-check', label: 'volunteer.nav.check', icon: 'scan' },
    { to: 'my-hours', label: 'volunteer.nav.hours', icon: 'clock' },
    { to: 'my-certificates', label: 'volunteer.nav.certificates', icon: 'ticket' },
    { to: 'my-honours', label: 'volunteer.nav.honours', icon: 'award' },
    { to: 'volunteer-trainings', label: 'volunteer.nav.trainings', icon: 'book' },
    { to: 'volunteer-teams', label: 'volunteer.nav.teams', icon: 'people' },
    { to: 'volunteer-calendar', label: 'volunteer.nav.calendar', icon: 'calendar' },
    { to: 'volunteer-me', label: 'volunteer.nav.me', icon: 'user' },
    { to: 'volunteer-data', label: 'volunteer.nav.data', icon: 'settings' },
    { to: 'volunteer-consents', label: 'volunteer.nav.consents', icon: 'inbox', roles: ['coordinator', 'city_admin'] },
    { to: 'volunteer-kiosk', label: 'volunteer.nav.kiosk', icon: 'door', roles: ['coordinator', 'venue_staff', 'venue_admin', 'city_admin'] },
  ],
};
