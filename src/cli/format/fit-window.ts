import { windowSize } from "../terminal/tty.ts";

/** As wide as a table may be: where a person looks at it, and has not asked for all of it. */
export function tableWidth(noTrunc: boolean): number | undefined {
  return noTrunc ? undefined : windowSize()?.columns;
}

/** A column is as wide as its widest cell and three more, ten at least. */
const gap = 3;
const least = 10;

/**
 * Shortens cells of the widest columns, never of the last one, which has the names, until the
 * lines fit. A table that fits, or cannot be made to, stays as it is.
 */
export function fitLines(lines: readonly string[], width: number): readonly string[] {
  const cells = lines.map((line) => line.split("\t").map((cell) => [...cell]));
  const [head = []] = cells;
  if (cells.some((line) => line.length !== head.length) || lines.some((line) => line.includes("\n"))) {
    return lines;
  }
  const limits = head.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const last = limits.length - 1;
  const total = () =>
    limits.reduce((sum, limit, at) => sum + (at === last ? limit : Math.max(limit + gap, least)), 0);
  while (total() > width) {
    const floor = (column: number) => Math.max(head[column]?.length ?? 0, least - gap);
    const loose = limits.map((_, at) => at).filter((at) => at !== last && (limits[at] ?? 0) > floor(at));
    if (loose.length === 0) return lines;
    const widest = loose.reduce((a, b) => ((limits[b] ?? 0) > (limits[a] ?? 0) ? b : a));
    limits[widest] = (limits[widest] ?? 0) - 1;
  }
  return cells.map((line) => line.map((cell, at) => shorten(cell, limits[at] ?? 0)).join("\t"));
}

function shorten(cell: readonly string[], limit: number): string {
  return cell.length <= limit ? cell.join("") : `${cell.slice(0, limit - 1).join("")}…`;
}
