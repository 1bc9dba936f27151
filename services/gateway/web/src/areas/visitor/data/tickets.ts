// Bookings with their entry codes, kept in this browser so that they can be shown at a door without a network. Of one person at
// a time; gone with the logout (`forgetForms`).
import { openDB } from 'idb';
import { ownDatabase } from '@/ui/keep';

export interface Ticket {
  name: string;
  user: string;
  title: { zh: string; en: string };
  place: { zh: string; en: string };
  address: { zh: string; en: string };
  start: number;
  end: number;
  state: number;
  adults: number;
  pupils: number;
  code: string;
}

const open = () => openDB(ownDatabase, 1, { upgrade: (database) => void database.createObjectStore('tickets', { keyPath: 'name' }) });

// What there is of this person now; all that was kept before is replaced. Where the browser keeps nothing (a private
// window), nothing is kept.
export async function keepTickets(user: string, tickets: Ticket[]): Promise<void> {
  try {
    const database = await open();
    const change = database.transaction('tickets', 'readwrite');
    await change.store.clear();
    await Promise.all(tickets.map((ticket) => change.store.put({ ...ticket, user })));
    await change.done;
    database.close();
  } catch (cause) {
    console.info('no tickets kept', cause);
  }
}
export async function keptTickets(user: string): Promise<Ticket[]> {
  try {
    const database = await open();
    const all = (await database.getAll('tickets')) as Ticket[];
    database.close();
    return all.filter((ticket) => ticket.user === user).sort((one, other) => one.start - other.start);
  } catch {
    return [];
  }
}
export async function keepTicket(user: string, ticket: Ticket): Promise<void> {
  const others = (await keptTickets(user)).filter(({ name }) => name !== ticket.name);
  await keepTickets(user, [...others, ticket]);
}
// Who was here last, for when there is no network to ask.
export const lastUser = () => localStorage.getItem('last-user') ?? '';
