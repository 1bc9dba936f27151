import { describe, expect, it } from 'vitest';
import { frameOf } from './frame';

describe('the frame of a sketch', () => {
  const inside = (spots: { lon: number; lat: number }[]) => {
    const frame = frameOf(spots);
    return spots.every((spot) => frame.holds(spot) && frame.x(spot.lon) > 10 && frame.x(spot.lon) < frame.width - 10);
  };
  it('holds all it shows, however they lie', () => {
    expect(inside([{ lon: 106.5, lat: 29.5 }])).toBe(true);
    expect(inside([{ lon: 105.3, lat: 29.5 }, { lon: 110.1, lat: 29.6 }])).toBe(true);
    expect(inside([{ lon: 106.5, lat: 28.2 }, { lon: 106.5, lat: 32.2 }])).toBe(true);
  });
  it('has east at the right and north at the top', () => {
    const frame = frameOf([{ lon: 106, lat: 29 }, { lon: 107, lat: 30 }]);
    expect(frame.x(107)).toBeGreaterThan(frame.x(106));
    expect(frame.y(30)).toBeLessThan(frame.y(29));
  });
  it('is neither a slit nor a tower', () => {
    expect(frameOf([{ lon: 105, lat: 29.5 }, { lon: 110, lat: 29.5 }]).height).toBe(320);
    expect(frameOf([{ lon: 106.5, lat: 28 }, { lon: 106.5, lat: 32 }]).height).toBeCloseTo(1000);
  });
});
