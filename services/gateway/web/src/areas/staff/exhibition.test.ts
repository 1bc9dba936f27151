import { expect, it } from 'vitest';
import { Exhibition_Phase_Kind as Kind } from '@/gen/kepu/venue/v1/venue_pb.js';
import { anotherPhase, builtUpAndDown, complete, freshPlan, messageOf, nextYear, phasesMoved, phasesOf } from './exhibition';

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
it('splits building up and down into phases, which go along when the exhibition moves', () => {
  const phases = builtUpAndDown(plan);
  expect(phases.map(({ kind, first, last }) => [kind, first, last])).toEqual([[Kind.INSTALL, '2027-02-27', '2027-02-28'], [Kind.DEINSTALL, '2027-03-15', '2027-03-15']]);
  const more = [...phases, anotherPhase({ ...plan, phases })];
  expect(more[2]).toMatchObject({ kind: Kind.TRANSPORT, first: '2027-02-26', last: '2027-02-26' });
  const moved = phasesMoved(more, { first: '2027-03-01', last: '2027-03-14' }, { first: '2027-03-08', last: '2027-03-28' });
  expect(moved.map(({ first }) => first)).toEqual(['2027-03-06', '2027-03-29', '2027-03-05']);
  const sent = messageOf({ ...plan, phases: more });
  expect([sent.setupDays, sent.takedownDays, sent.phases.length]).toEqual([0, 0, 3]);
  expect(sent.phases[0]!.kind).toBe(Kind.TRANSPORT);
  expect(phasesOf({ ...plan, phases: more }).map(({ key }) => key)).toEqual(['transport', 'setup', 'open', 'takedown']);
});
