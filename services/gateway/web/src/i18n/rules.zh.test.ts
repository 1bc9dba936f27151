import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { find, translate } from './rules.zh';

// What the services say, read from their sources: the literal texts of rules, the most frequent first.
const root = join(__dirname, '../../../../..');
const walk = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : /\.(cc|h)$/.test(entry.name) ? [join(folder, entry.name)] : []));
const folders = [...['venue', 'event', 'volunteer', 'identity'].flatMap((one) => [`services/${one}/domain`, `services/${one}/api`]), 'libs/rpc', 'libs/calendar'];
const said = /(?:BadField|\b\w*[eE]rrors?_?(?:\(\))?(?:\.|->)Add)\(\s*(?:[^;()"]|"(?:[^"\\]|\\.)*"|\([^()]*\))*?,\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)/g;

function rulesOfServices(): [string, number][] {
  const counts = new Map<string, number>();
  for (const file of folders.flatMap((one) => walk(join(root, one))))
    for (const [, literals] of readFileSync(file, 'utf8').matchAll(said)) {
      const rule = [...literals!.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part]) => JSON.parse(`"${part}"`) as string).join('');
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
    }
  return [...counts].sort(([one, often], [other, oftener]) => oftener - often || (one < other ? -1 : 1));
}

test('the 150 most frequent rules of the services are said in Chinese', () => {
  const rules = rulesOfServices();
  expect(rules.length).toBeGreaterThan(250);
  expect(rules[0]![0]).toBe('is required');
  expect(rules.slice(0, 150).map(([rule]) => rule).filter((rule) => !find(rule))).toEqual([]);
  const known = rules.filter(([rule]) => find(rule)).length;
  expect(known / rules.length).toBeGreaterThan(0.9);
});

test.each([
  ['must be from 1 to 1000000', '应在 1 到 1000000 之间'],
  ['has 340 bytes; at most 300', '太长了，最多 300 个字母或 100 个汉字'],
  ['has 12 entries; at most 10', '现有 12 项，最多 10 项'],
  ['must have 10 to 128 characters', '应为 10 到 128 个字符'],
  ['must be after the start, at most 31 days', '必须晚于开始时间，不超过 31 天'],
  ['must be after the start, at most half a year', '必须晚于开始时间，不超过半年'],
  ['must be within 12 hours of the plan', '应在计划时间前后 12 小时内'],
  ['must not be before the first day, and at most 45 days later', '不能早于开始日期，最多 45 天'],
  ['must make a notice of 7 to 60 days, both ends included', '公示应为 7 到 60 天（含首尾）'],
  ['must lie between the last reading of 5200 km and 9800 km', '应在上次读数 5200 公里到 9800 公里之间'],
  ['must be a name of the form districts/*', '请选择区县'],
  ['must be a schools/*, communities/*, villages/* or venues/*', '请选择学校、社区、村、场馆'],
  ['must be PERSON, FAMILY, GROUP or SCHOOL', '请从给出的选项中选择'],
  ['must be within a year', '应在 1 年以内'],
])('%s', (rule, chinese) => expect(translate(rule)).toBe(chinese));

test('nothing is said in English', () => {
  for (const [rule] of rulesOfServices()) expect(translate(rule)).not.toMatch(/[a-z]{4,} [a-z]{2,}/);
  expect(translate('something new that nobody has heard of')).toBe('不符合要求，请检查这一项');
});
