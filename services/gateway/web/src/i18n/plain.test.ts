import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { setLanguage } from '.';
import { kindOf, knowsItem, knowsValue, plain } from './plain';

const root = join(__dirname, '../../../../..');
const walk = (folder: string, ends: RegExp): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name), ends) : ends.test(entry.name) ? [join(folder, entry.name)] : []));
const sentences = readdirSync(join(root, 'libs/refusal'))
  .filter((name) => /^sentences.*\.cc$/.test(name))
  .flatMap((name) => [...readFileSync(join(root, 'libs/refusal', name), 'utf8').matchAll(/\{"([A-Z_]+)", "((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\}/g)].map(([, reason, zh, en]) => ({ reason: reason!, zh: zh!, en: en! })));
afterEach(() => setLanguage('zh'));

// Those that only programs and operators meet.
const ofPrograms = new Set(['UNIMPLEMENTED', 'ROUTE_UNKNOWN', 'VERB_UNKNOWN', 'BODY_UNREADABLE']);
test('no refusal that people meet speaks of fields and methods', async () => {
  expect(sentences.length).toBeGreaterThan(300);
  for (const into of ['zh', 'en'] as const) {
    await setLanguage(into);
    const told = sentences.filter(({ reason }) => !ofPrograms.has(reason)).map((one) => [one.reason, plain(one[into].replace(/\{\w+\}/g, '…'))] as const);
    expect(told.filter(([, text]) => /\w_\w|[（(]:\w/.test(text)).map(([reason]) => reason)).toEqual([]);
  }
});

test('each state, kind or level that a refusal may name is said in words', () => {
  const said = new Set(walk(join(root, 'services'), /\.cc$/).flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/(?:v1::|\b)(\w+)(?:::(State|Kind|Purpose)|)_Name\(/g)].map(([, of, part]) => (part ? `${of}.${part}` : of!))));
  const enums = new Map<string, string[]>();
  for (const file of walk(join(root, 'protos/kepu'), /\.proto$/).filter((one) => !one.includes('/log/'))) {
    const text = readFileSync(file, 'utf8');
    for (const [, name, body] of text.matchAll(/^enum (\w+) \{([^}]*)\}/gm)) enums.set(name!, [...body!.matchAll(/^\s*([A-Z][A-Z0-9_]+) = [1-9]/gm)].map(([, value]) => value!));
    for (const [, message, rest] of text.matchAll(/^message (\w+) \{([\s\S]*?)^\}/gm))
      for (const [, name, body] of rest!.matchAll(/^ {2}enum (\w+) \{([^}]*)\}/gm)) enums.set(`${message}.${name}`, [...body!.matchAll(/^\s*([A-Z][A-Z0-9_]+) = [1-9]/gm)].map(([, value]) => value!));
  }
  // Kinds of venues are said by the register alone.
  const shown = [...said].filter((name) => enums.has(name) && /(State|Kind|Level|Purpose)$/.test(name) && name !== 'Venue.Kind');
  expect(shown.length).toBeGreaterThan(15);
  expect(shown.flatMap((name) => enums.get(name)!.filter((value) => !knowsValue(value)).map((value) => `${name}.${value}`))).toEqual([]);
});

test('what is missing and who may do it is said in words', async () => {
  const domain = ['event.cc', 'campaign.cc', 'evaluation.cc'].map((file) => readFileSync(join(root, 'services/event/domain', file), 'utf8')).join('');
  const missing = [...domain.matchAll(/missing(?:\.|->)push_back\("([^"]+)"\)/g)].map(([, item]) => item!);
  const roles = walk(join(root, 'protos/kepu'), /\.proto$/).flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/roles: (?:\[([^\]]*)\]|"(\w+)")/g)].flatMap(([, many, one]) => (many ?? `"${one}"`).match(/\w+/g) ?? []));
  expect(missing.length).toBeGreaterThan(15);
  expect(roles.length).toBeGreaterThan(100);
  expect([...missing, ...roles].filter((one) => !knowsItem(one))).toEqual([]);
  expect(plain('“夜游科技馆” 还不能发布，尚缺：themes, lead_unit。')).toBe('“夜游科技馆” 还不能发布，尚缺：主题、主办单位。');
  expect(plain('您没有进行此操作的权限；需要：venue_staff, teacher。')).toBe('您没有进行此操作的权限；需要：场馆工作人员、教师。');
  await setLanguage('en');
  expect(plain('“A night” cannot be published before it has: themes, lead_unit.')).toBe('“A night” cannot be published before it has: themes, an organizer.');
  expect(plain('You may not do this; it takes venue_staff, city_admin.')).toBe('You may not do this; it takes venue staff, a city administrator.');
});

test('times are those of the city, with the year where it is another one', async () => {
  const year = new Date(Date.now() + 8 * 3600e3).getUTCFullYear();
  expect(plain(`“夜游科技馆”尚未结束（${year}-03-05T02:00:00Z）；结束后才能归档评估。`)).toMatch(/^“夜游科技馆”尚未结束（3月5日周. 10:00）；/);
  expect(plain('最早可在 2031-02-11T09:30:00+08:00 开始。')).toMatch(/^最早可在 2031年2月11日周. 09:30 开始。$/);
  expect(plain('希望的日期是 2031-02-01..2031-02-03，不含 2031-02-11；')).toMatch(/2031年2月1日周. 至 2031年2月3日周.，不含 2031年2月11日周.；/);
  await setLanguage('en');
  expect(plain('leaves at 2031-02-11T01:30:00Z, which is past')).toMatch(/^leaves at \w{3},? 11 Feb 09:30 2031, which is past$/);
});

test('states and levels are words, other capitals stay', async () => {
  expect(plain('“科技馆”须先具有 TITLE_LEVEL_DISTRICT 级称号方可申报。')).toBe('“科技馆”须先具有 区县级称号方可申报。');
  expect(plain('只接受 PDF、JPEG 文件。')).toBe('只接受 PDF、JPEG 文件。');
  await setLanguage('en');
  expect(plain('It is RECTIFICATION_OVERDUE and needs DISTRICT_REVIEWED.')).toBe('It is overdue to be put right and needs district reviewed.');
});

test('what has no name is said by its kind', async () => {
  expect(kindOf('stopRequests/abc')).toBe('申请');
  expect(kindOf('events/a/sessions/b/bookings/c')).toBe('预约');
  await setLanguage('en');
  expect(kindOf('users/x')).toBe('a colleague');
});
