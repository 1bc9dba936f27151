// What the timeline shows: rows of halls, caravans and people, with bars in them.
import { type Axis, boxOf, lanesOf, leastShare, overlap, type Span } from './axis';

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
  left: number; // shares of the width
  width: number;
}

const taken = (bar: Bar): Span => ({ start: bar.before ?? bar.start, end: bar.after ?? bar.end });

// What is seen of a row, in lanes. What cannot both be (drafts against what is firm) lies in lanes of its own below the others.
export function placed(row: Row, axis: Axis): { bars: Placed[]; lanes: number } {
  const firm = row.bars.filter(({ kind }) => kind !== 'plan' && kind !== 'draft');
  const clashes = (bar: Bar) =>
    row.group === 'spaces' && (bar.kind === 'plan' || bar.kind === 'draft') && firm.some((other) => other.id !== bar.id && overlap(taken(bar), taken(other)));
  const slots = row.bars.flatMap((bar) => {
    const around = boxOf(axis, taken(bar));
    if (!around) return [];
    // Of what lies at the edge only its set-up may be seen.
    const own = boxOf(axis, bar) ?? { left: Math.min(around.left, 1 - leastShare(axis)), width: 0 };
    const width = Math.max(own.width, leastShare(axis));
    const left = Math.min(own.left, 1 - width);
    return [{ bar, left, width, from: Math.min(left, around.left), to: Math.max(left + width, around.left + around.width) }];
  });
  const calm = lanesOf(slots.filter(({ bar }) => !clashes(bar)));
  const lanes = Math.max(1, ...calm.map(({ lane }) => lane + 1));
  const below = lanesOf(slots.filter(({ bar }) => clashes(bar)));
  const place = ({ item: { bar, left, width }, lane }: (typeof calm)[number], first: number, clash: boolean): Placed => ({ bar, left, width, lane: first + lane, clash });
  return {
    bars: [...calm.map((one) => place(one, 0, false)), ...below.map((one) => place(one, lanes, true))],
    lanes: lanes + Math.max(0, ...below.map(({ lane }) => lane + 1)),
  };
}
