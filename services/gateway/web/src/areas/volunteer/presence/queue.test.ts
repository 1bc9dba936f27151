import { expect, it } from 'vitest';
import { device } from './queue';

it('names the device once, in letters that the service takes', () => {
  const name = device();
  expect(name).toMatch(/^[a-z0-9-]{1,40}$/);
  expect(device()).toBe(name);
});
