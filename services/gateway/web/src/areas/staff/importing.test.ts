import { describe, expect, it } from 'vitest';
import { csvText } from '@/ui/csv';
import { decode, parseCsv, plain } from './csv';
import { columns, linesOf, look } from './importing';

const titles = Object.fromEntries(columns.map((column) => [column, [column, `列${column}`]])) as Record<(typeof columns)[number], string[]>;
const known = { events: new Map([['磁与电', 'events/magnets']]), spaces: new Map([['工坊', 'venues/a/spaces/w']]), now: new Date('2027-01-01T00:00:00Z'), newId: () => 'id' };
const table = (...rows: string[]) => look(linesOf(parseCsv(['event,date,start,end,space,capacity,party_min,party_max', ...rows].join('\n')), titles).lines, known);

describe('csv', () => {
  it('reads quotes, marks and other commas', () => {
    expect(parseCsv('\uFEFFa,b\r\n"x ""y""\nz",2\r\n\r\n')).toEqual([['a', 'b'], ['x "y"\nz', '2']]);
    expect(parseCsv('a;b\n1;2')).toEqual([['a', 'b'], ['1', '2']]);
  });
  it('lets no spreadsheet run a formula, and reads it back', () => {
    const text = csvText([['=HYPERLINK("x")', '@a', '-5', 'ok']]);
    expect(text.startsWith('\uFEFF')).toBe(true);
    expect(parseCsv(text)).toEqual([[`'=HYPERLINK("x")`, `'@a`, '-5', 'ok']]);
    expect(parseCsv(text)[0]!.map(plain)).toEqual(['=HYPERLINK("x")', '@a', '-5', 'ok']);
  });
  it('reads what Excel writes in Chinese', () => {
    expect(decode(new Uint8Array([0xc1, 0xd0]).buffer)).toBe('列');
    expect(decode(new TextEncoder().encode('列').buffer as ArrayBuffer)).toBe('列');
  });
});

describe('rows of sessions', () => {
  it('takes good ones', () => {
    const { jobs, wrong } = table('磁与电,2027/3/1,9:30,11:00,工坊,40,,', '磁与电,2027-03-01,20:00,01:00,,40,1,10');
    expect(wrong).toEqual([]);
    expect(new Date(jobs[0]!.start).toISOString()).toBe('2027-03-01T01:30:00.000Z');
    expect(new Date(jobs[1]!.end).toISOString()).toBe('2027-03-01T17:00:00.000Z');
  });
  it('names all that is wrong with a row', () => {
    const { jobs, wrong } = table('无此活动,2027-02-30,25:00,11:00,天台,0,9,2');
    expect(jobs).toEqual([]);
    expect(wrong[0]!.problems.map(({ key }) => key)).toEqual(['event', 'space', 'date', 'time', 'capacity', 'party']);
    expect(wrong[0]!.line.number).toBe(2);
  });
  it('finds what is past and what is there twice', () => {
    const { wrong } = table('磁与电,2026-03-01,09:00,10:00,,40,,', '磁与电,2027-03-01,09:00,10:00,,40,,', '磁与电,2027-03-01,09:00,10:00,,40,,');
    expect(wrong.map(({ problems }) => problems[0])).toEqual([{ key: 'past', value: '2026-03-01' }, { key: 'twice', value: '3' }]);
  });
  it('says which columns are missing', () => {
    expect(linesOf([['event', '列date']], titles).missing).toEqual(['start', 'end', 'capacity']);
  });
  it('looks at 5000 rows at once', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => `磁与电,2027-${String(1 + (index % 12)).padStart(2, '0')}-15,${String(index % 24).padStart(2, '0')}:00,23:59,工坊,${index % 7 ? index : 'x'},,`);
    const { jobs, wrong } = table(...rows);
    expect(jobs.length + wrong.length).toBe(5000);
    expect(wrong.some(({ problems }) => problems[0]!.key === 'capacity')).toBe(true);
  });
});
