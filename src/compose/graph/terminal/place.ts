import { type Link, layersOf } from "../layers.ts";
import { spread } from "../spread.ts";
import { type Box, outerSize, tabsWidth } from "./box.ts";

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a box stands. */
export interface Placed {
  readonly box: Box;
  /** Its frame, and the boxes that look out behind it. */
  readonly frame: Area;
  /** The ports above it. */
  readonly tabs: Area;
}

export interface Gaps {
  /** Columns between boxes: lines pass there. */
  readonly between: number;
  /** Lines between rows of boxes; those that nothing turns on are taken out afterwards. */
  readonly rows: number;
  /** Columns left and right of everything. */
  readonly margin: number;
}

/** Layers from top to bottom, each in as many rows as the width asks for. */
export function place(
  boxes: ReadonlyMap<string, Box>,
  links: readonly Link[],
  width: number,
  gaps: Gaps,
): readonly Placed[] {
  const layers = layersOf([...boxes.keys()], links);
  const rows = layers.flatMap((layer) =>
    inRows(
      layer.flatMap((name) => boxes.get(name) ?? []),
      width,
      gaps,
    ),
  );
  const extent = Math.min(width, Math.max(...rows.map((row) => rowWidth(row, gaps)), 0) + 2 * gaps.margin);
  const placed = new Map<string, Placed>();
  let y = gaps.rows;
  for (const row of rows) {
    const sizes = row.map(outerSize);
    const tabs = Math.max(...row.map((box) => box.tabs.length));
    const below = Math.max(...row.map((_, at) => sizes[at]?.height ?? 0));
    const middles = wishedMiddles(row, gaps, extent, links, placed);
    const wishes = sizes.map((size, at) => ({ middle: middles[at] ?? 0, size: size.width }));
    const starts = spread(wishes, gaps.between, gaps.margin, width - gaps.margin);
    for (const [at, box] of row.entries()) {
      const { width: boxWidth = 0, height = 0 } = sizes[at] ?? {};
      const x = starts[at] ?? 0;
      placed.set(box.name, {
        box,
        frame: { x, y: y + tabs, width: boxWidth, height },
        tabs: { x, y: y + tabs - box.tabs.length, width: tabsWidth(box), height: box.tabs.length },
      });
    }
    y += tabs + below + gaps.rows;
  }
  return [...placed.values()];
}

function rowWidth(row: readonly Box[], gaps: Gaps): number {
  return row.reduce((sum, box) => sum + outerSize(box).width + gaps.between, -gaps.between);
}

/** As many rows as needed, about equally full. */
function inRows(layer: readonly Box[], width: number, gaps: Gaps): Box[][] {
  const room = width - 2 * gaps.margin;
  const least = Math.max(1, Math.ceil(rowWidth(layer, gaps) / room));
  const fair = rowWidth(layer, gaps) / least;
  const rows: Box[][] = [];
  for (const box of layer) {
    const row = rows.at(-1);
    const next = row ? rowWidth([...row, box], gaps) : 0;
    if (row && next <= room && next <= fair + outerSize(box).width / 2) row.push(box);
    else rows.push([box]);
  }
  return rows;
}

/** Below those that stand on it; without any, evenly across the drawing. */
function wishedMiddles(
  row: readonly Box[],
  gaps: Gaps,
  extent: number,
  links: readonly Link[],
  placed: ReadonlyMap<string, Placed>,
): readonly number[] {
  let even = (extent - rowWidth(row, gaps)) / 2;
  return row.map((box) => {
    const size = outerSize(box).width;
    const own = even + size / 2;
    even += size + gaps.between;
    const above = links.flatMap(({ from, to }) => (to === box.name ? (placed.get(from) ?? []) : []));
    if (above.length === 0) return own;
    return above.reduce((sum, { frame }) => sum + frame.x + frame.width / 2, 0) / above.length;
  });
}
