import { expect, it } from 'vitest';
import { bookingOf, fillFrom, freshForm, headsOfForm, requestIdOf } from './book';

it('the same form goes out under the same id, another one under another', () => {
  const form = { ...freshForm(), pupils: 40, adults: 2 };
  const first = requestIdOf(form, JSON.stringify(bookingOf(form, 'schools/a')));
  expect(requestIdOf(form, JSON.stringify(bookingOf(form, 'schools/a')))).toBe(first);
  form.pupils = 38;
  expect(requestIdOf(form, JSON.stringify(bookingOf(form, 'schools/a')))).not.toBe(first);
  expect(headsOfForm(form)).toBe(40);
});

it('is filled from a class that was booked before, and knows empty fields from numbers', () => {
  const form = freshForm();
  expect(bookingOf(form, 's').party).toEqual({ pupils: 0, adults: 0, wheelchairs: 0 });
  fillFrom(form, { schoolClass: '5-1', grade: '5', pupils: 40, adults: 2, wheelchairs: 0 });
  expect(bookingOf(form, 's')).toMatchObject({ schoolClass: '5-1', grade: '5', party: { pupils: 40, adults: 2, wheelchairs: 0 } });
});
