import { expect, it } from 'vitest';
import { eachOf } from './each';

const soon = () => new Promise((resolve) => setTimeout(resolve));

it('reads some at a time, and keeps the order', async () => {
  let running = 0;
  let most = 0;
  const results = await eachOf([1, 2, 3, 4, 5, 6, 7, 8, 9], async (number) => {
    most = Math.max(most, ++running);
    await soon();
    running -= 1;
    return number * 2;
  });
  expect(results).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18]);
  expect(most).toBe(5);
});
