export interface Wish {
  /** Where its middle would like to be. */
  readonly middle: number;
  readonly size: number;
}

/**
 * Starts of things in a row, in their order, `gap` apart and as near to their wishes as that
 * allows (least squares: neighbours that want the same place move as one block), within
 * `from` … `to` where they fit.
 */
export function spread(wishes: readonly Wish[], gap: number, from: number, to: number): readonly number[] {
  // Without sizes and gaps, what is left to find is a sequence that only rises.
  const offsets: number[] = [];
  let used = 0;
  for (const { size } of wishes) {
    offsets.push(used);
    used += size + gap;
  }
  const room = to - (used - gap);
  const blocks: { sum: number; count: number }[] = [];
  for (const [at, { middle, size }] of wishes.entries()) {
    blocks.push({ sum: middle - size / 2 - (offsets[at] ?? 0), count: 1 });
    for (;;) {
      const last = blocks.at(-1);
      const before = blocks.at(-2);
      if (!last || !before || before.sum / before.count <= last.sum / last.count) break;
      blocks.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count });
    }
  }
  const starts = blocks.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
  return starts.map((start, at) => Math.round(Math.max(from, Math.min(start, room))) + (offsets[at] ?? 0));
}
