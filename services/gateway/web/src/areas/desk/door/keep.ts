// What the door keeps on this device: lists of sessions, what was noted without a network, and what the service answered to
// it that somebody has to look at.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Answered, KeptList, Noted } from './verify';

interface Schema extends DBSchema {
  lists: { key: string; value: KeptList };
  noted: { key: string; value: Noted };
  odd: { key: string; value: Answered };
}
let opened: Promise<IDBPDatabase<Schema>> | undefined;
const database = () =>
  (opened ??= openDB<Schema>('kepu-door', 1, {
    upgrade(db) {
      db.createObjectStore('lists', { keyPath: 'session' });
      db.createObjectStore('noted', { keyPath: 'id' });
      db.createObjectStore('odd', { keyPath: 'id' });
    },
  }));

// What pages hold is reactive, which no database takes.
const plain = <Value>(value: Value) => JSON.parse(JSON.stringify(value)) as Value;

// Lists hold codes: they go two days after their session.
const keptFor = 2 * 86400e3;
export async function keepList(list: KeptList) {
  const db = await database();
  await db.put('lists', plain(list));
  for (const one of await db.getAll('lists')) if (one.end + keptFor < list.readAt) await db.delete('lists', one.session);
}
export const keptLists = async () => (await database()).getAll('lists');
export const keptList = async (session: string) => (await database()).get('lists', session);

// In the order in which it happened.
export const notedAll = async () => (await (await database()).getAll('noted')).sort((a, b) => a.time - b.time || a.id.localeCompare(b.id));
export const note = async (one: Noted) => void (await (await database()).put('noted', plain(one)));

// The answer takes the place of what was noted, by one decision.
export async function settle(given: Answered[], isOdd: (one: Answered) => boolean) {
  const answered = plain(given);
  const step = (await database()).transaction(['noted', 'odd'], 'readwrite');
  for (const one of answered) {
    await step.objectStore('noted').delete(one.id);
    if (isOdd(one)) await step.objectStore('odd').put(one);
  }
  await step.done;
}
export const oddAll = async () => (await (await database()).getAll('odd')).sort((a, b) => a.time - b.time);
export const dropOdd = async (id: string) => (await database()).delete('odd', id);
