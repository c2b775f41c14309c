import type { Scene } from "../scene.ts";
import { type Arrangement, arrange } from "./arrange.ts";
import { tabsIndent } from "./box.ts";
import { Canvas, type Paint } from "./canvas.ts";
import { legend } from "./legend.ts";
import { crossingLetter, exitLetters, lineInks, lineLetter } from "./lines.ts";
import type { Placed } from "./place.ts";

/** The drawing and what explains it, as lines for a terminal so wide. */
export function terminalGraph(scene: Scene, width: number, paint: Paint): string {
  if (scene.services.length === 0) return `${scene.name}: no services\n`;
  const arrangement = arrange(scene, width);
  const lines = [...drawn(arrangement, paint), "", ...legend(scene, arrangement.untold, width, paint)];
  return `${lines.join("\n")}\n`;
}

export function drawn(arrangement: Arrangement, paint: Paint): string[] {
  const rows = keptRows(arrangement);
  const canvas = new Canvas();
  drawLines(canvas, arrangement, rows);
  for (const placed of arrangement.placed) drawBox(canvas, placed, rows);
  drawEnds(canvas, arrangement, rows);
  return canvas.lines(paint);
}

/** Where each row of the grid stands in the drawing; rows that lines only pass through are left out. */
function keptRows({ grid, placed, bundles }: Arrangement): readonly (number | undefined)[] {
  const isSolid = new Uint8Array(grid.height);
  for (const { frame, tabs } of placed) isSolid.fill(1, Math.min(tabs.y, frame.y), frame.y + frame.height);
  const entered = new Set(bundles.map((bundle) => bundle?.to));
  // The arrow above a frame, beside its ports.
  for (const { box, frame } of placed) if (entered.has(box.name)) isSolid[frame.y - 1] = 1;
  const rows: (number | undefined)[] = [];
  const end = isSolid.lastIndexOf(1) + 1;
  let next = 0;
  for (let y = 0; y < grid.height; y++) {
    const isKept = isSolid[y] === 1 || grid.busyRows[y] === 1;
    // Between rows of boxes that nothing connects there is one line of air.
    const isAir = !isKept && y > 0 && isSolid[y - 1] === 1 && y < end;
    rows.push(isKept || isAir ? next++ : undefined);
  }
  return rows;
}

function drawLines(canvas: Canvas, { grid, bundles }: Arrangement, rows: readonly (number | undefined)[]) {
  for (let cell = 0; cell < grid.vertical.length; cell++) {
    const vertical = bundles[grid.vertical[cell] ?? 0];
    const horizontal = bundles[grid.horizontal[cell] ?? 0];
    const bundle = vertical ?? horizontal;
    const x = cell % grid.width;
    const y = rows[(cell - x) / grid.width];
    if (!bundle || y === undefined) continue;
    const letter =
      vertical && horizontal && vertical !== horizontal
        ? crossingLetter(vertical.style, horizontal.style)
        : lineLetter(bundle.style, (vertical ? grid.verticalArms : grid.horizontalArms)[cell] ?? 0);
    canvas.put(x, y, letter, ...lineInks[bundle.style]);
  }
}

function drawBox(canvas: Canvas, { box, frame, tabs }: Placed, rows: readonly (number | undefined)[]): void {
  const { x } = frame;
  const top = rows[frame.y] ?? 0;
  const bottom = top + box.frameHeight - 1;
  const right = x + box.width - 1;
  const put = (column: number, row: number, letter: string) => canvas.put(column, row, letter, ...box.frame);
  for (let column = x + 1; column < right; column++) {
    put(column, top, "─");
    put(column, bottom, "─");
  }
  for (let row = top + 1; row < bottom; row++) {
    put(x, row, "│");
    put(right, row, "│");
  }
  put(x, top, "╭");
  put(right, top, "╮");
  put(x, bottom, "╰");
  put(right, bottom, "╯");
  if (box.isStacked) drawStack(put, x, top, right, bottom);
  canvas.write(x + 1, top, [{ text: " ", inks: [] }], 1);
  const used = canvas.write(x + 2, top, box.title, box.width - 4);
  canvas.put(x + 2 + used, top, " ");
  for (const [at, line] of box.body.entries()) canvas.write(x + 2, top + 1 + at, line, box.width - 4);
  for (const [at, line] of box.tabs.entries()) {
    canvas.write(
      x + tabsIndent,
      (rows[tabs.y] ?? 0) + at,
      [{ text: line.join("  "), inks: ["brightYellow"] }],
      box.width - 2,
    );
  }
}

/** The replicas behind: a second edge on the right and below. */
function drawStack(
  put: (x: number, y: number, letter: string) => void,
  x: number,
  top: number,
  right: number,
  bottom: number,
): void {
  put(right, top + 1, "├");
  put(right + 1, top + 1, "╮");
  for (let row = top + 2; row <= bottom; row++) put(right + 1, row, "│");
  put(x + 1, bottom, "┬");
  put(x + 1, bottom + 1, "╰");
  for (let column = x + 2; column <= right; column++) put(column, bottom + 1, "─");
  put(right + 1, bottom + 1, "╯");
}

function drawEnds(
  canvas: Canvas,
  { grid, bundles, ends, placed }: Arrangement,
  rows: readonly (number | undefined)[],
) {
  for (const { bundle, start } of ends) {
    const style = bundles[bundle]?.style ?? "light";
    const x = start % grid.width;
    const y = (start - x) / grid.width;
    canvas.put(x, rows[y - 1] ?? 0, exitLetters[style], ...lineInks[style]);
  }
  for (const { box, frame } of placed) {
    const y = frame.y - 1;
    for (let x = frame.x; x < frame.x + box.width; x++) {
      const cell = grid.at(x, y);
      const bundle = bundles[grid.vertical[cell] ?? 0];
      if (bundle?.to !== box.name || ((grid.verticalArms[cell] ?? 0) & 2) === 0) continue;
      canvas.put(x, rows[y] ?? 0, "▼", ...lineInks[bundle.style]);
    }
  }
}
