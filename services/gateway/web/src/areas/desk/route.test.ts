import { expect, test } from 'vitest';
import { sketch } from './route';

const at = (latitude: number, longitude: number) => ({ label: '', latitude, longitude });
test('north is up, and everything is inside of the box', () => {
  const [home, north, east] = sketch([at(29.5, 106.5), at(30.5, 106.5), at(29.5, 107.5)], 400, 300);
  expect(north!.y).toBeLessThan(home!.y);
  expect(east!.x).toBeGreaterThan(home!.x);
  for (const one of [home!, north!, east!]) {
    expect(one.x).toBeGreaterThanOrEqual(40);
    expect(one.x).toBeLessThanOrEqual(360);
    expect(one.y).toBeGreaterThanOrEqual(40);
    expect(one.y).toBeLessThanOrEqual(260);
  }
});
test('one spot stands in the middle', () => {
  expect(sketch([at(29, 106), at(29, 106)], 400, 300).map(({ x, y }) => [x, y])).toEqual([[200, 150], [200, 150]]);
  expect(sketch([], 400, 300)).toEqual([]);
});
