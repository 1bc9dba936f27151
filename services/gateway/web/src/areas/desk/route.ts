// The way of a day as a sketch: places by their coordinates, squeezed into a box. Pure.
export interface Place {
  label: string;
  latitude: number;
  longitude: number;
}
export interface Point {
  x: number;
  y: number;
  label: string;
}
const margin = 40;

// North is up. Degrees of longitude are shorter than those of latitude at this place; what lies on one spot stands in the middle.
export function sketch(places: Place[], width: number, height: number): Point[] {
  if (!places.length) return [];
  const middle = places.reduce((sum, one) => sum + one.latitude, 0) / places.length;
  const flat = places.map((one) => ({ x: one.longitude * Math.cos((middle * Math.PI) / 180), y: -one.latitude, label: one.label }));
  const [left, top] = [Math.min(...flat.map((one) => one.x)), Math.min(...flat.map((one) => one.y))];
  const [wide, high] = [Math.max(...flat.map((one) => one.x)) - left, Math.max(...flat.map((one) => one.y)) - top];
  const scale = Math.min((width - 2 * margin) / (wide || 1e-9), (height - 2 * margin) / (high || 1e-9));
  const by = Number.isFinite(scale) && scale < 1e6 ? scale : 0;
  return flat.map((one) => ({
    label: one.label,
    x: Math.round(width / 2 + (one.x - left - wide / 2) * by),
    y: Math.round(height / 2 + (one.y - top - high / 2) * by),
  }));
}
