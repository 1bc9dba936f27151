import { expect, it } from 'vitest';
import { complete, freshPlan, messageOf, nextYear, phasesOf } from './exhibition';

const plan = { ...freshPlan(), zh: '水的故事', firstDate: '2027-03-01', lastDate: '2027-03-14', setupDays: 2, takedownDays: 1 };

it('lays building up before the first day and building down after the last', () => {
  expect(phasesOf(plan)).toEqual([
    { key: 'setup', first: '2027-02-27', last: '2027-02-28' },
    { key: 'open', first: '2027-03-01', last: '2027-03-14' },
    { key: 'takedown', first: '2027-03-15', last: '2027-03-15' },
  ]);
});
it('says when a plan can be checked', () => {
  expect(complete(plan)).toBe(true);
  expect(complete({ ...plan, lastDate: '2027-02-01' })).toBe(false);
  expect(complete({ ...plan, zh: ' ' })).toBe(false);
});
it('keeps the weekday in the next year', () => {
  expect(new Date(nextYear('2027-03-01')).getDay()).toBe(new Date('2027-03-01').getDay());
});
it('sends dates as dates', () => {
  expect(messageOf(plan).firstDate).toEqual({ year: 2027, month: 3, day: 1 });
});
