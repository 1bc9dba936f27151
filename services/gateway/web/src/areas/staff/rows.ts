// What the timeline shows: rows of halls, caravans and people, with bars in them.
import type { Span } from './axis';
import { lanesOf, overlap } from './axis';

export type BarKind = 'session' | 'draft' | 'exhibition' | 'plan' | 'use' | 'held' | 'tour' | 'service' | 'shift' | 'part';
export interface Bar extends Span {
  id: string; // resource name of what it is
  kind: BarKind;
  label: string;
  note: string; // what is said of it beside its time
  before?: Date; // taken from then on: set-up, or the way there
  after?: Date; // and until then
  movable: boolean;
  wanting?: boolean; // somebody has to look at it
}
export interface Shade extends Span {
  label: string;
  kind: 'closed' | 'closure';
}
export interface Row {
  id: string;
  group: 'spaces' | 'caravans' | 'people';
  label: string;
  note: string;
  bars: Bar[];
  shades: Shade[];
}
export interface Placed {
  bar: Bar;
  lane: number;
  clash: boolean;
}

const taken = (bar: Bar): Span => ({ start: bar.before ?? bar.start, end: bar.after ?? bar.end });

// What cannot both be: only drafts and what was forced in get there, and they are drawn below the others.
export function placed(row: Row): { bars: Placed[]; lanes: number } {
  const firm = row.bars.filter(({ kind }) => kind !== 'plan' && kind !== 'draft');
  const clashes = (bar: Bar) =>
    row.group === 'spaces' && (bar.kind === 'plan' || bar.kind === 'draft') && firm.some((other) => other.id !== bar.id && overlap(taken(bar), taken(other)));
  const calm = row.bars.filter((bar) => !clashes(bar));
  const first = lanesOf(calm.map((bar) => ({ ...taken(bar), bar })));
  const lanes = Math.max(1, ...first.map(({ lane }) => lane + 1));
  const second = lanesOf(row.bars.filter(clashes).map((bar) => ({ ...taken(bar), bar })));
  const below = second.length ? 1 + Math.max(...second.map(({ lane }) => lane)) : 0;
  return {
    bars: [
      ...first.map(({ item, lane }) => ({ bar: item.bar, lane, clash: false })),
      ...second.map(({ item, lane }) => ({ bar: item.bar, lane: lanes + lane, clash: true })),
    ],
    lanes: lanes + below,
  };
}
