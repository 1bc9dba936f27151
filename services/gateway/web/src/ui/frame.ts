// How a sketch is laid over the earth: what it has to show fills its width, or its greatest height.
export interface Spot {
  lon: number;
  lat: number;
}
export interface Frame {
  width: number;
  height: number;
  x: (lon: number) => number;
  y: (lat: number) => number;
  holds: (spot: Spot) => boolean;
}

const width = 1000;
const [lowest, highest] = [320, 1000];
// At this latitude a degree of longitude is shorter than one of latitude.
const squeeze = Math.cos((29.8 * Math.PI) / 180);

export function frameOf(spots: Spot[]): Frame {
  const across = spots.map(({ lon }) => lon * squeeze);
  const up = spots.map(({ lat }) => lat);
  const [west, east, south, north] = [Math.min(...across), Math.max(...across), Math.min(...up), Math.max(...up)];
  // Room for points and words at the edges, also around a single point.
  const edge = 0.03 + Math.max(east - west, north - south) * 0.07;
  const scale = Math.min(width / (east - west + 2 * edge), highest / (north - south + 2 * edge));
  const height = Math.max(lowest, (north - south + 2 * edge) * scale);
  const x = (lon: number) => width / 2 + (lon * squeeze - (west + east) / 2) * scale;
  const y = (lat: number) => height / 2 - (lat - (south + north) / 2) * scale;
  return { width, height, x, y, holds: ({ lon, lat }) => x(lon) >= 0 && x(lon) <= width && y(lat) >= 0 && y(lat) <= height };
}
