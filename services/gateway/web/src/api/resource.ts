// The parts of a resource name: "events/a/sessions/b/bookings/c" has the ids a, b, c and the collections events, sessions,
// bookings; its event is "events/a".
export const idsOf = (name: string) => name.split('/').filter((_, index) => index % 2 === 1);
export const collectionsOf = (name: string) => name.split('/').filter((_, index) => index % 2 === 0);
// The last id, as addresses of pages carry it.
export const idOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);
// The first so many things of it: one is the venue, event, caravan that all the rest belongs to.
export const topOf = (name: string, things = 1) => name.split('/').slice(0, 2 * things).join('/');
