import { describe, expect, test } from 'vitest';
import { noHeads } from '../parties';
import { type KeptEntry, type KeptList, type Noted, search, verify } from './verify';

const codeOf = (n: number) => `booking${String(n).padStart(15, '0')}seal${String(n).padStart(4, 'x')}`;
const entry = (n: number, more: Partial<KeptEntry> = {}): KeptEntry => ({
  code: codeOf(n), booking: `b/${n}`, kind: 2, inside: false, party: { ...noHeads(), adults: n }, school: '', schoolEn: '', schoolClass: '', ...more,
});
const start = Date.UTC(2026, 10, 22, 2);
const list: KeptList = {
  session: 'events/a/sessions/1', zh: '甲', en: 'A', place: 'venues/x', start, end: start + 7200e3, opens: start - 1800e3, cancelled: false, readAt: start,
  entries: [entry(1), entry(2, { inside: true, at: start - 900e3 }), entry(3, { school: '博雅小学', schoolEn: 'Boya school', schoolClass: '三年级2班' })],
};
const other: KeptList = { ...list, session: 'events/b/sessions/2', entries: [entry(8)] };
const now = start - 600e3;
const said = (text: string, noted: Noted[] = [], at = now, of = list) => verify(of, [list, other], noted, text, at);
const came = (code: string): Noted => ({ id: 'n', session: list.session, act: 'arrived', code, time: now - 1000, deviceTime: 0, label: '', tried: false });

describe('a code by the kept list', () => {
  test('of the list is valid, also by its end alone', () => {
    expect(said(codeOf(1))).toMatchObject({ look: 'valid', why: 'ok', entry: { code: codeOf(1) } });
    expect(said('SEALXXX1')).toMatchObject({ look: 'valid', code: codeOf(1) });
  });
  test('that came is used, with the time: by the list, or by this device', () => {
    expect(said(codeOf(2))).toMatchObject({ look: 'used', at: start - 900e3 });
    expect(said(codeOf(1), [came(codeOf(1))])).toMatchObject({ look: 'used', at: now - 1000 });
  });
  test('that is not listed is unknown: the booking may be newer than the list', () => {
    expect(said(codeOf(99))).toMatchObject({ look: 'unknown', why: 'notListed' });
  });
  test('with another seal is made up, of another session is told so', () => {
    expect(said(codeOf(1).slice(0, 22) + 'abcdefgh')).toMatchObject({ look: 'wrong', why: 'madeUp' });
    expect(said(codeOf(8))).toMatchObject({ look: 'wrong', why: 'otherSession', other: { session: other.session } });
  });
  test('that is none is wrong', () => {
    expect(said('hello there!')).toMatchObject({ look: 'wrong', why: 'shape' });
    expect(said('zzzz')).toMatchObject({ look: 'wrong', why: 'short' });
    expect(said('seal', [], now, { ...list, entries: [entry(1), { ...entry(5), code: `${codeOf(5).slice(0, 26)}seal` }, { ...entry(6), code: `${codeOf(6).slice(0, 26)}seal` }] })).toMatchObject({ why: 'several' });
  });
  test('is bound to the time of the door', () => {
    expect(said(codeOf(1), [], list.end)).toMatchObject({ look: 'wrong', why: 'ended' });
    expect(said(codeOf(1), [], list.opens - 1)).toMatchObject({ look: 'early', why: 'early', at: list.opens });
    expect(said(codeOf(1), [], list.opens)).toMatchObject({ look: 'valid' });
    expect(said(codeOf(1), [], now, { ...list, cancelled: true })).toMatchObject({ look: 'wrong', why: 'cancelled' });
  });
});

test('people are found by school, class and the end of the code', () => {
  expect(search(list, '博雅').map((one) => one.booking)).toEqual(['b/3']);
  expect(search(list, 'boya')).toHaveLength(1);
  expect(search(list, '2班')).toHaveLength(1);
  expect(search(list, 'xxx2').map((one) => one.booking)).toEqual(['b/2']);
  expect(search(list, ' ')).toEqual([]);
});
