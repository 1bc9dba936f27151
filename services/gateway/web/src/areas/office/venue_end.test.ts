import { expect, test } from 'vitest';
import { tally } from './venue_end';

test('sessions of one event are one line, and what is of no known kind is not lost', () => {
  const called: Record<string, string> = { 'events/a/sessions/1': '火箭', 'events/a/sessions/2': '火箭', 'shifts/s': '讲解', 'widgets/w': '–' };
  expect(tally(Object.keys(called), (name) => called[name]!)).toEqual([
    { kind: 'sessions', text: '火箭', count: 2 },
    { kind: 'shifts', text: '讲解', count: 1 },
    { kind: 'other', text: '–', count: 1 },
  ]);
});
