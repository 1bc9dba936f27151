// The planning pages of museum staff.
const session = async (context, url) => {
  const { sessions } = await (await context.request.get(`${url}/v1/events/week-stars-lecture/sessions`)).json();
  const [, event, , id] = sessions[0].name.split('/');
  return `/staff/events/${event}/sessions/${id}`;
};
const week = async (context, url) => {
  const { sessions } = await (await context.request.get(`${url}/v1/events/week-stars-lecture/sessions`)).json();
  return new Date(Date.parse(sessions[0].startTime) + 8 * 3600e3).toISOString().slice(0, 10);
};
export default [
  { name: 'staff-home', path: '/staff', user: 'demo-museum', home: true },
  { name: 'staff-timeline-day', path: async (context, url) => `/staff/timeline?zoom=day&day=${await week(context, url)}`, user: 'demo-museum' },
  { name: 'staff-timeline-week', path: async (context, url) => `/staff/timeline?zoom=week&day=${await week(context, url)}`, user: 'demo-museum' },
  { name: 'staff-timeline-month', path: async (context, url) => `/staff/timeline?zoom=month&day=${await week(context, url)}`, user: 'demo-museum' },
  { name: 'staff-exhibitions', path: '/staff/exhibitions', user: 'demo-museum' },
  { name: 'staff-exhibition-new', path: '/staff/exhibitions/new', user: 'demo-museum' },
  { name: 'staff-events', path: '/staff/events', user: 'demo-museum' },
  { name: 'staff-event-new', path: '/staff/events/new', user: 'demo-museum' },
  { name: 'staff-event', path: '/staff/events/week-magnet-class', user: 'demo-museum' },
  { name: 'staff-session-new', path: '/staff/events/week-stars-lecture/sessions/new', user: 'demo-museum' },
  {
    name: 'staff-series-new', path: '/staff/events/week-stars-lecture/sessions/new', user: 'demo-museum',
    prepare: async (page) => {
      await page.locator('fieldset input[type=checkbox]').first().check();
      await page.locator('table.cards').first().waitFor();
    },
  },
  { name: 'staff-session', path: session, user: 'demo-museum' },
  { name: 'staff-halls', path: '/staff/halls', user: 'demo-museum' },
  { name: 'staff-shifts', path: '/staff/shifts', user: 'demo-museum' },
  { name: 'staff-tours', path: '/staff/tours', user: 'demo-museum' },
  { name: 'staff-tours-city', path: '/staff/tours', user: 'demo-city' },
  { name: 'staff-titles', path: '/staff/titles', user: 'demo-museum' },
  { name: 'staff-import', path: '/staff/import', user: 'demo-museum' },
];
