import { filled } from '../volunteer.setup.mjs';

// A shift that the reader can take, by the API.
const aShift = async (context, url) => {
  const { shifts } = await (await context.request.get(`${url}/v1/shifts:find?pageSize=1`)).json();
  return `/volunteer/shifts/${shifts[0].shift.name.split('/')[1]}`;
};
const openAll = (page) => page.evaluate(() => document.querySelectorAll('main details').forEach((one) => (one.open = true)));
const user = 'demo-volunteer-1';
const kiosk = async (page) => page.locator('[data-code]').waitFor();

export default [
  { name: 'volunteer-home', path: filled('/volunteer'), user, home: true },
  { name: 'volunteer-shifts', path: '/volunteer/shifts', user },
  { name: 'volunteer-shift', path: aShift, user },
  { name: 'volunteer-check', path: '/volunteer/check', user },
  { name: 'volunteer-hours', path: '/volunteer/hours', user },
  { name: 'volunteer-certificates', path: '/volunteer/certificates', user, prepare: (page) => page.locator('header.row .primary').click() },
  { name: 'volunteer-honours', path: '/volunteer/honours', user },
  { name: 'volunteer-trainings', path: '/volunteer/trainings', user },
  { name: 'volunteer-teams', path: '/volunteer/teams', user },
  { name: 'volunteer-calendar', path: '/volunteer/calendar', user },
  { name: 'volunteer-me', path: '/volunteer/me', user, prepare: openAll },
  { name: 'volunteer-guardian', path: '/volunteer/guardian', user },
  { name: 'volunteer-data', path: '/volunteer/data', user },
  { name: 'certificate-check', path: '/certificates/check?number=2026-CITY-000099&code=abcdefgh' },
  { name: 'volunteer-kiosk', path: '/volunteer/kiosk', user: 'demo-museum', prepare: kiosk },
  { name: 'volunteer-consents', path: '/volunteer/consents', user: 'demo-city' },
  { name: 'volunteer-register', path: '/volunteer', user: 'demo-teacher-1', prepare: openAll },
];
