import { expect, it } from 'vitest';
import { setLanguage } from '@/i18n';
import { bringRules } from '@/i18n/rules';
import { problemOf } from './conflicts';

const plan = { firstDate: '2027-03-01', lastDate: '2027-03-14', spaces: ['venues/a/spaces/one', 'venues/a/spaces/two'] };
const word = (key: string, params?: Record<string, unknown>) => `${key} ${JSON.stringify(params ?? {})}`;
const problem = (params: Record<string, string>, reason = 'SPACE_TAKEN') => problemOf({ reason, params, message: undefined }, plan, word);

it('offers the nearest days with the same length, and another hall in place of the one that is taken', () => {
  const { choices } = problem({ space: 'venues/a/spaces/two', before: '2027-02-10', after: '2027-04-02', others: 'venues/a/spaces/three, venues/b/spaces/four', holder: '会议' });
  expect(choices.map((choice) => choice.plan)).toEqual([
    { ...plan, firstDate: '2027-02-10', lastDate: '2027-02-23' },
    { ...plan, firstDate: '2027-04-02', lastDate: '2027-04-15' },
    { ...plan, spaces: ['venues/a/spaces/one', 'venues/a/spaces/three'] },
  ]);
});
it('offers nothing where nothing is free', () => {
  expect(problem({ space: 'venues/a/spaces/two', before: '-', after: '-', others: '-' }).choices).toEqual([]);
});
it('says whole days as days', () => {
  expect(problem({ space: 'venues/a/spaces/two', start: '2027-03-01T00:00:00+08:00', end: '2027-03-03T00:00:00+08:00' }).text).not.toContain('T00:00');
});
it('says which part of the plan is wrong, and how', async () => {
  const wrong = () => problem({ field: 'exhibition.phases[1]', rule: 'must end before the first day of the exhibition' }, 'BAD_REQUEST').text;
  expect(wrong()).toBe('phases: must end before the first day of the exhibition');
  await setLanguage('zh');
  await bringRules();
  expect(wrong()).toBe('阶段：应在展览首日之前结束');
});
