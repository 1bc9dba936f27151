// The pages of visitors: where they lie, who looks, and what has to be there.
import { call, makeEvent, makeSession, openDays, tokenOf } from '../visitor-demo.mjs';

// One event with a session in each state, and a booking of a volunteer, made when the first page wants them.
let made;
const demo = () => (made ??= make());
async function make() {
  const days = await openDays('venues/cqstm', 2);
  const { name: event } = await makeEvent('亲子机器人工坊', 'Family robot workshop');
  const open = await makeSession(event, days[0], 30);
  const full = await makeSession(event, days[0], 2, { start: '10:00', end: '11:00' });
  await makeSession(event, days[1], 12, { start: '10:00', end: '11:00', bookingOpenTime: new Date(Date.now() + 3600e3).toISOString() });
  const stopped = await makeSession(event, days[1], 20);
  await call(`${stopped.name}:cancel`, { as: await tokenOf('demo-museum'), body: { reason: '暴雨橙色预警' } });
  await call(`${full.name}/bookings`, { as: await tokenOf('demo-volunteer-2'), body: { kind: 'FAMILY', party: { adults: 2 } } });
  const me = await tokenOf('demo-volunteer-1');
  const booking = await call(`${open.name}/bookings`, { as: me, body: { kind: 'FAMILY', party: { adults: 1, pupils: 1 } } });
  await call(`${full.name}/waitEntries:join`, { as: me, body: { waitEntry: { kind: 'FAMILY', party: { adults: 1 } } } });
  return { event, open: open.name, full: full.name, stopped: stopped.name, booking: booking.name };
}
const ids = (name) => name.split('/').filter((_, index) => index % 2 === 1);

export default [
  { name: 'visitor-home', path: async () => (await demo(), '/'), home: true },
  { name: 'visitor-events', path: '/events' },
  { name: 'visitor-event', path: async () => `/${(await demo()).event}` },
  { name: 'visitor-session', path: async () => `/${(await demo()).open}` },
  { name: 'visitor-session-full', path: async () => `/${(await demo()).full}` },
  { name: 'visitor-session-cancelled', path: async () => `/${(await demo()).stopped}` },
  { name: 'visitor-venues', path: '/venues' },
  { name: 'visitor-venue', path: '/venues/cqstm' },
  { name: 'visitor-exhibition', path: async () => `/${(await call('venues/cqstm/exhibitions')).exhibitions[0].name}` },
  { name: 'visitor-programme', path: '/programmes/magnets' },
  { name: 'visitor-map', path: '/map' },
  { name: 'visitor-map-district', path: '/map?district=yuzhong' },
  { name: 'visitor-search', path: '/search?q=kjg' },
  { name: 'visitor-search-filters', path: '/search?theme=4&free=1' },
  { name: 'register', path: '/register' },
  { name: 'visitor-home-known', path: async () => (await demo(), '/'), user: 'demo-volunteer-1' },
  { name: 'visitor-book', path: async () => `/${(await demo()).open}/book`, user: 'demo-teacher-1' },
  { name: 'visitor-wait', path: async () => `/${(await demo()).full}/book`, user: 'demo-teacher-1' },
  { name: 'visitor-bookings', path: '/bookings', user: 'demo-volunteer-1' },
  { name: 'visitor-booking', path: async () => `/bookings/${ids((await demo()).booking).join('/')}`, user: 'demo-volunteer-1' },
  {
    name: 'visitor-booking-bright', path: async () => `/bookings/${ids((await demo()).booking).join('/')}`, user: 'demo-volunteer-1',
    prepare: (page) => page.locator('article.ticket button.primary').click(),
  },
  {
    name: 'visitor-booking-change', path: async () => `/bookings/${ids((await demo()).booking).join('/')}`, user: 'demo-volunteer-1',
    prepare: (page) => page.locator('main button', { hasText: /改人数|Change the number/ }).click(),
  },
];
