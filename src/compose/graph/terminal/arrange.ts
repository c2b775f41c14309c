import type { Scene, SceneEdge } from "../scene.ts";
import { type Box, boxOf } from "./box.ts";
import { Grid } from "./grid.ts";
import { type LineStyle, styleOf } from "./lines.ts";
import { type Gaps, type Placed, place } from "./place.ts";
import { type Gate, route } from "./route.ts";

/** Boxes and lines with their places: all that a printer needs, and all that tests look at. */
export interface Arrangement {
  readonly placed: readonly Placed[];
  readonly grid: Grid;
  /** Bundles by their number in the grid; the first is none. */
  readonly bundles: readonly (Bundle | undefined)[];
  readonly ends: readonly LineEnds[];
  /** Edges no way was found for: they are told in words. */
  readonly untold: readonly SceneEdge[];
}

export interface Bundle {
  readonly to: string;
  readonly style: LineStyle;
}

export interface LineEnds {
  readonly edge: SceneEdge;
  readonly bundle: number;
  /** The cell below the frame the line leaves. */
  readonly start: number;
}

const attempts = 5;

/** With more air between the boxes each time, until every line finds its way. */
export function arrange(scene: Scene, width: number): Arrangement {
  const widest = Math.max(20, Math.min(44, width - 6));
  const boxes = new Map(scene.services.map((service) => [service.name, boxOf(scene, service, widest)]));
  let found: Arrangement | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const gaps = {
      between: 3 + attempt * 2,
      rows: 4 + Math.min(scene.edges.length, 24),
      margin: scene.edges.length === 0 ? 0 : 2 + attempt * 2,
    };
    const next = tryOnce(scene, boxes, width, gaps);
    if (!found || next.untold.length < found.untold.length) found = next;
    if (found.untold.length === 0) break;
  }
  if (!found) throw new Error("nothing was arranged");
  return found;
}

function tryOnce(scene: Scene, boxes: ReadonlyMap<string, Box>, width: number, gaps: Gaps): Arrangement {
  const placed = place(boxes, scene.edges, width, gaps);
  const byName = new Map(placed.map((one) => [one.box.name, one]));
  const height = Math.max(0, ...placed.map(({ frame }) => frame.y + frame.height)) + gaps.rows;
  const wide = Math.max(width, ...placed.map(({ frame }) => frame.x + frame.width + gaps.margin));
  const grid = new Grid(wide, height, placed);
  const bundles: (Bundle | undefined)[] = [undefined];
  const ends: LineEnds[] = [];
  const untold: SceneEdge[] = [];
  for (const edge of nearestFirst(scene.edges, byName)) {
    const from = byName.get(edge.from);
    const to = byName.get(edge.to);
    if (!from || !to) continue;
    const style = styleOf(edge);
    let bundle = bundles.findIndex((one) => one?.to === edge.to && one.style === style);
    const isNew = bundle < 0;
    if (isNew) bundle = bundles.push({ to: edge.to, style }) - 1;
    const start = route(grid, exits(grid, from, to), isNew ? entries(grid, to) : [], bundle);
    if (start === undefined) {
      untold.push(edge);
      if (isNew) bundles.pop();
    } else ends.push({ edge, bundle, start });
  }
  return { placed, grid, bundles, ends, untold };
}

/** Short lines first: long ones find their way around them. */
function nearestFirst(
  edges: readonly SceneEdge[],
  placed: ReadonlyMap<string, Placed>,
): readonly SceneEdge[] {
  const distance = ({ from, to }: SceneEdge) => {
    const [a, b] = [placed.get(from)?.frame, placed.get(to)?.frame];
    if (!a || !b) return 0;
    return Math.abs(a.y - b.y) * 2 + Math.abs(a.x + a.width / 2 - b.x - b.width / 2);
  };
  return [...edges].sort((a, b) => distance(a) - distance(b));
}

function exits(grid: Grid, { frame, box }: Placed, to: Placed): Gate[] {
  const middle = frame.x + box.width / 2;
  const pull = Math.sign(to.frame.x + to.frame.width / 2 - middle);
  const y = frame.y + frame.height;
  return gates(grid, frame.x + (box.isStacked ? 3 : 2), frame.x + frame.width - 3, y, middle + pull * 2);
}

function entries(grid: Grid, { frame, box, tabs }: Placed): Gate[] {
  const first = frame.x + Math.max(2, tabs.width > 0 ? tabs.width + 2 : 0);
  return gates(grid, first, frame.x + box.width - 2, frame.y - 1, frame.x + box.width / 2);
}

function gates(grid: Grid, first: number, last: number, y: number, middle: number): Gate[] {
  const found: Gate[] = [];
  for (let x = first; x <= last; x++) {
    found.push({ cell: grid.at(x, y), cost: Math.round(Math.abs(x - middle)) });
  }
  return found;
}
