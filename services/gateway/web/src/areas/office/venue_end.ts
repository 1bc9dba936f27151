// What the end of a venue hits, as people count it: the twelve sessions of one event are one line.
import { collectionsOf } from '@/api/resource';

const kinds = ['sessions', 'shifts', 'allocations', 'exhibitions', 'stops', 'routes'] as const;
export type HitKind = (typeof kinds)[number] | 'other';
export interface Hit {
  kind: HitKind;
  text: string;
  count: number;
}

export function tally(names: string[], nameOf: (name: string) => string): Hit[] {
  const hits = new Map<string, Hit>();
  for (const name of names) {
    const kind = kinds.find((one) => one === collectionsOf(name).at(-1)) ?? 'other';
    const text = nameOf(name);
    const hit = hits.get(`${kind} ${text}`) ?? { kind, text, count: 0 };
    hits.set(`${kind} ${text}`, { ...hit, count: hit.count + 1 });
  }
  return [...hits.values()];
}
