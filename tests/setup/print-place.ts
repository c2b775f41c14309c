import type { SourceFile, SourceRange } from "../../src/build/dockerfile/source.ts";
import { linesOf } from "../../src/build/dockerfile/source-lines.ts";

/**
 * A place in a file as people are shown it: the lines, some around them, and below a part of one line its
 * mark.
 *
 *   Dockerfile:3
 *   --------------------
 *      2 |     FROM busybox
 *      3 | >>> COPY --chwon=1 a b
 *        |          ^^^^^^^
 *      4 |     CMD ["x"]
 *   --------------------
 */
export function printPlace(file: SourceFile, range: SourceRange, around = 2): readonly string[] {
  const lines = linesOf(file);
  const last = Math.min(lines.length, range.end.line + around);
  const rule = "-".repeat(20);
  const shown = [`${file.name}:${range.start.line}`, rule];
  for (let number = Math.max(1, range.start.line - around); number <= last; number++) {
    const line = lines[number - 1] ?? "";
    if (number === lines.length && line === "") break;
    const isMarked = number >= range.start.line && number <= range.end.line;
    shown.push(`${String(number).padStart(4)} | ${isMarked ? ">>>" : "   "} ${line}`.trimEnd());
    const mark = number === range.start.line ? markOf(line, range) : undefined;
    if (mark !== undefined) shown.push(`     |     ${mark}`);
  }
  return [...shown, rule];
}

/** Carets below a part of a line; tabs stay tabs so that they stand where they should. */
function markOf(line: string, { start, end }: SourceRange): string | undefined {
  if (start.line !== end.line || end.column <= start.column) return undefined;
  const isWhole = line.slice(0, start.column - 1).trim() === "" && end.column > line.trimEnd().length;
  if (isWhole) return undefined;
  return line.slice(0, start.column - 1).replace(/[^\t]/g, " ") + "^".repeat(end.column - start.column);
}
