// A list in an order that people set: by buttons, by keys or by dragging. Pure.
export function moved<Thing>(list: readonly Thing[], from: number, to: number): Thing[] {
  const target = Math.min(list.length - 1, Math.max(0, to));
  const all = [...list];
  const [one] = all.splice(from, 1);
  if (one === undefined) return [...list];
  all.splice(target, 0, one);
  return all;
}
