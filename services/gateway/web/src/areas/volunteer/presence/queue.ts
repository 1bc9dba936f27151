// Comings and goings that this device noted while there was no network: kept in IndexedDB until the service has answered each
// of them. Who is logged in sees and sends only their own.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

export type Act = 'CAME' | 'WENT';
export interface QueuedNote {
  id: string; // made here; the service takes it once
  user: string; // "users/…"
  signup: string; // "shifts/*/signups/*"
  act: Act;
  time: number; // in milliseconds, by the clock of the service as far as it is known
  compared: boolean; // it was known
  code: string;
  title: string; // of the shift, as it was shown
  // Why the service did not take it; empty: not sent yet.
  refused: string;
}
// A shift that can be served in without a network.
export interface KeptShift {
  signup: string;
  user: string;
  state: number;
  start: number;
  end: number;
  place: string; // "venues/…"
  title: string;
}

interface Room extends DBSchema {
  notes: { key: string; value: QueuedNote; indexes: { user: string } };
  shifts: { key: string; value: KeptShift; indexes: { user: string } };
}

let room: Promise<IDBPDatabase<Room>> | undefined;
const db = () =>
  (room ??= openDB<Room>('kepu-presence', 1, {
    upgrade(made) {
      made.createObjectStore('notes', { keyPath: 'id' }).createIndex('user', 'user');
      made.createObjectStore('shifts', { keyPath: 'signup' }).createIndex('user', 'user');
    },
  }));

// Says at the next start, before anything is fetched, that there is something to send.
export const flag = 'presence-waits';
export async function notesOf(user: string): Promise<QueuedNote[]> {
  const notes = await (await db()).getAllFromIndex('notes', 'user', user);
  return notes.sort((a, b) => a.time - b.time);
}
export async function addNote(note: QueuedNote): Promise<void> {
  await (await db()).put('notes', note);
  localStorage.setItem(flag, 'yes');
}
export async function dropNote(id: string): Promise<void> {
  const open = await db();
  await open.delete('notes', id);
  if ((await open.count('notes')) === 0) localStorage.removeItem(flag);
}
export const refuseNote = async (note: QueuedNote, refused: string): Promise<void> => void (await (await db()).put('notes', { ...note, refused }));

export async function keepShifts(user: string, shifts: KeptShift[]): Promise<void> {
  const change = (await db()).transaction('shifts', 'readwrite');
  for (const key of await change.store.index('user').getAllKeys(user)) await change.store.delete(key);
  for (const one of shifts) await change.store.put(one);
  await change.done;
}
export const keptShifts = async (user: string): Promise<KeptShift[]> => (await (await db()).getAllFromIndex('shifts', 'user', user)).sort((a, b) => a.start - b.start);

// The name of this device, for the service to know records again.
export function device(): string {
  let name = localStorage.getItem('device');
  if (!name) localStorage.setItem('device', (name = crypto.randomUUID?.() ?? `d${Date.now().toString(36)}${Math.floor(Math.random() * 1e9).toString(36)}`));
  return name;
}
