import { drawnRound, fill } from '../office_demo.mjs';
import { dayFrom } from '../office_acts.mjs';

const city = 'demo-city';
// Both languages: by what a button is, not by its words.
const press = (which) => (page) => page.locator(which).first().click();
const lookAtEnd = async (page) => {
  await page.locator('main input[type=search]').fill('重庆科技馆');
  await page.locator('td button').first().click();
  const dialog = page.locator('dialog[open]');
  await dialog.locator('.button.danger').first().click();
  await dialog.locator('input[type=date]').fill(dayFrom(3));
  await dialog.locator('form button[type=submit]').last().click();
  await dialog.locator('[role=status] .note').first().waitFor();
};
export default [
  { name: 'office-home', path: '/office', user: city, home: true },
  { name: 'office-home-district', path: '/office', user: 'demo-district' },
  { name: 'office-coverage', path: '/office/coverage?indicator=district_venue_cover', user: city },
  { name: 'office-reach', path: '/office/reach', user: city },
  { name: 'office-reach-district', path: '/office/reach', user: 'demo-district' },
  { name: 'office-attendance', path: '/office/attendance', user: city },
  { name: 'office-evaluations', path: '/office/evaluations', user: city },
  { name: 'office-requests', path: '/office/requests', user: city },
  { name: 'office-plan', path: '/office/plan', user: city },
  { name: 'office-fleet', path: '/office/fleet', user: city },
  { name: 'office-caravan', path: '/office/fleet/cq-1', user: city },
  { name: 'office-caravan-new', path: '/office/fleet', user: city, prepare: press('main .page > header button') },
  { name: 'office-tour-new', path: '/office/tours/new', user: city },
  { name: 'office-titles', path: async (context) => (await fill(context), '/office/titles'), user: city },
  { name: 'office-title', path: async (context) => `/office/titles/${(await fill(context)).title}`, user: city },
  { name: 'office-assessments', path: '/office/assessments', user: city },
  { name: 'office-registers', path: '/office/registers/schools', user: city },
  { name: 'office-registers-edit', path: '/office/registers/venues', user: city, prepare: (page) => page.locator('td button').first().click() },
  { name: 'office-registers-new', path: '/office/registers/schools', user: city, prepare: press('main .button.primary') },
  { name: 'office-venue-end', path: '/office/registers/venues', user: city, prepare: lookAtEnd },
  { name: 'office-holidays', path: '/office/holidays', user: city },
  { name: 'office-users', path: '/office/users?on=venues/cqstm', user: city },
  { name: 'office-user', path: '/office/users?on=venues/cqstm', user: city, prepare: (page) => page.locator('td button').first().click() },
  { name: 'office-audit', path: '/office/audit', user: city },
  { name: 'office-campaigns', path: '/office/campaigns', user: city },
  { name: 'office-campaign', path: async (context) => `/office/campaigns/${(await fill(context)).campaign}`, user: city },
  { name: 'office-rounds', path: async (context) => (await fill(context), '/office/rounds'), user: city },
  { name: 'office-round-new', path: '/office/rounds', user: city, prepare: press('main .page > header button') },
  { name: 'office-round-results', path: async (context) => (await drawnRound(context), '/office/rounds'), user: city, prepare: press('main li.card:has(dd:nth-of-type(6)) > .row:last-child > .button:not(.primary, .danger)') },
];
