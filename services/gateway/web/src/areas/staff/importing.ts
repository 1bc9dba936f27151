// Sessions from a table: each row is looked at before anything is sent, and sent by the ordinary call under a request id of its
// own, so that an import that was stopped goes on where it was and makes nothing twice. Pure but for the clock.
import { at } from '@/i18n/time';
import { plain } from './csv';

export const columns = ['event', 'date', 'start', 'end', 'space', 'capacity', 'party_min', 'party_max'] as const;
export type Column = (typeof columns)[number];
export const needed: Column[] = ['event', 'date', 'start', 'end', 'capacity'];
export const mostRows = 5000;

export interface Line {
  number: number; // as the spreadsheet counts, the head being 1
  cells: Record<Column, string>;
}
export interface Problem {
  key: 'event' | 'space' | 'date' | 'past' | 'time' | 'order' | 'capacity' | 'party' | 'twice';
  value: string;
}
export interface Job {
  number: number;
  cells: Record<Column, string>;
  event: string;
  space: string;
  start: number;
  end: number;
  capacity: number;
  partyMin: number;
  partyMax: number;
  requestId: string;
}

// Heads are taken in either language, whatever their case.
export function linesOf(rows: string[][], titles: Record<Column, string[]>): { lines: Line[]; missing: Column[] } {
  const head = (rows[0] ?? []).map((cell) => plain(cell).toLowerCase());
  const place = Object.fromEntries(columns.map((column) => [column, head.findIndex((cell) => titles[column].some((title) => title.toLowerCase() === cell))])) as Record<Column, number>;
  const lines = rows.slice(1).map((row, index) => ({
    number: index + 2,
    cells: Object.fromEntries(columns.map((column) => [column, place[column] < 0 ? '' : plain(row[place[column]] ?? '')])) as Record<Column, string>,
  }));
  return { lines, missing: needed.filter((column) => place[column] < 0) };
}

const dateOf = (text: string) => {
  const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text);
  if (!found) return '';
  const day = `${found[1]}-${found[2]!.padStart(2, '0')}-${found[3]!.padStart(2, '0')}`;
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === day ? day : '';
};
const timeOf = (text: string) => {
  const found = /^([01]?\d|2[0-3])[:：]([0-5]\d)(:00)?$/.exec(text);
  return found ? `${found[1]!.padStart(2, '0')}:${found[2]}` : '';
};
const wholeOf = (text: string) => (/^\d{1,6}$/.test(text) ? Number(text) : Number.NaN);

export interface Known {
  events: Map<string, string>; // by what they are called, in either language, and by id
  spaces: Map<string, string>;
  now: Date;
  newId: () => string;
}
export function look(lines: Line[], known: Known): { jobs: Job[]; wrong: { line: Line; problems: Problem[] }[] } {
  const jobs: Job[] = [];
  const wrong: { line: Line; problems: Problem[] }[] = [];
  const seen = new Map<string, number>();
  for (const line of lines) {
    const { cells } = line;
    const problems: Problem[] = [];
    const event = known.events.get(cells.event.toLowerCase()) ?? '';
    if (!event) problems.push({ key: 'event', value: cells.event });
    const space = cells.space ? (known.spaces.get(cells.space.toLowerCase()) ?? '') : '';
    if (cells.space && !space) problems.push({ key: 'space', value: cells.space });
    const date = dateOf(cells.date);
    if (!date) problems.push({ key: 'date', value: cells.date });
    const [start, end] = [timeOf(cells.start), timeOf(cells.end)];
    if (!start) problems.push({ key: 'time', value: cells.start });
    if (!end) problems.push({ key: 'time', value: cells.end });
    if (start && start === end) problems.push({ key: 'order', value: '' });
    const from = date && start ? at(date, start).getTime() : 0;
    const until = date && end ? at(date, end).getTime() + (end <= start ? 86400e3 : 0) : 0;
    if (from && from < known.now.getTime()) problems.push({ key: 'past', value: cells.date });
    const capacity = wholeOf(cells.capacity);
    if (!(capacity >= 1 && capacity <= 100_000)) problems.push({ key: 'capacity', value: cells.capacity });
    const [partyMin, partyMax] = [wholeOf(cells.party_min || '0'), wholeOf(cells.party_max || '0')];
    if (Number.isNaN(partyMin) || Number.isNaN(partyMax) || (partyMax > 0 && partyMin > partyMax)) problems.push({ key: 'party', value: `${cells.party_min} ${cells.party_max}`.trim() });
    const key = [event, from, until, space].join();
    const before = seen.get(key);
    if (!problems.length && before !== undefined) problems.push({ key: 'twice', value: String(before) });
    if (problems.length) wrong.push({ line, problems });
    else {
      seen.set(key, line.number);
      jobs.push({ number: line.number, cells, event, space, start: from, end: until, capacity, partyMin, partyMax, requestId: known.newId() });
    }
  }
  return { jobs, wrong };
}
