import { book, call, pageOf, sessions, teacher } from '../school_setup.mjs';

// One booking, one visit day and one round serve all looks at their pages.
const once = (make) => {
  let made;
  return () => (made ??= make());
};
const booking = once(async () => (await book()).name);
const day = once(async () => {
  const date = new Date(Date.now() + 40 * 86400e3);
  const made = await call(teacher, 'POST', 'visitDays', {
    venues: ['venues/cqstm'], date: { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }, day: { startMinute: 570, endMinute: 720 },
    classes: [{ id: '5-1', grade: '5', pupils: 38, adults: 2 }, { id: '5-2', grade: '5', pupils: 36, adults: 2 }],
    courses: [{ id: 'magnets.poles', minutes: 40 }, { id: 'magnets.motors', minutes: 45 }],
    rooms: [{ name: 'venues/cqstm/spaces/classroom-1', capacity: 45 }, { name: 'venues/cqstm/spaces/classroom-2', capacity: 45 }],
  });
  return made.name.split('/')[1];
});
const soon = (hours) => new Date(Date.now() + hours * 3600e3).toISOString();
const round = once(async () => {
  const last = (await sessions('week-dinosaur-tour', 10)).at(-1);
  const made = await call('demo-city', 'POST', 'rounds', {
    displayName: { zh: '2026 年秋季馆校结合志愿', en: 'Museum classes, autumn 2026' }, programmes: ['programmes/dinosaurs'], startTime: last.startTime, endTime: last.endTime,
    wishOpenTime: soon(-0.1), wishCloseTime: soon(24 * 3),
  });
  await call('demo-city', 'POST', `${made.name}:open`, {});
  return made.name.split('/')[1];
});
const opening = once(async () => {
  const [session] = await sessions('week-dinosaur-tour', 10);
  const made = await call('demo-nature', 'POST', 'openings', { displayName: { zh: '恐龙与化石周末专场', en: 'Dinosaurs at the weekend' }, place: 'venues/cqnhm', sessions: [session.name], openTime: soon(12), ratePerMinute: 60 });
  return made.name.split('/')[1];
});
const bookPath = async () => {
  const [session] = await sessions();
  const [, event, , id] = session.name.split('/');
  return `/school/book/${event}?session=${id}`;
};

const own = [
  { name: 'school-home', path: '/school', home: true },
  { name: 'school-book', path: bookPath },
  { name: 'school-bookings', path: '/school/bookings' },
  { name: 'school-booking', path: async () => pageOf(await booking()) },
  { name: 'school-letter', path: async () => pageOf(await booking(), '/letter') },
  { name: 'school-days', path: '/school/days' },
  { name: 'school-day-new', path: '/school/days/new?programme=programmes/magnets' },
  { name: 'school-day', path: async () => `/school/days/${await day()}?plan=1` },
  { name: 'school-rounds', path: '/school/rounds' },
  { name: 'school-round', path: async () => `/school/rounds/${await round()}` },
  { name: 'school-opening', path: async () => `/school/openings/${await opening()}` },
  { name: 'school-caravan', path: '/school/caravan', prepare: (page) => page.locator('button.primary').first().click() },
];
export default [
  { name: 'school-find', path: '/school/find' },
  { name: 'school-programme', path: '/school/programmes/magnets' },
  ...own.map((route) => ({ ...route, user: teacher })),
];
