import { relative } from "node:path";
import type { Place } from "../load/provenance.ts";

/** How a text is shown: what stands out, what steps back, and from where files are seen. */
export interface ExplainView {
  strong(text: string): string;
  faint(text: string): string;
  readonly workingDirectory: string;
}

/** `compose.yaml:4:12`, short where the file is below the directory of the call. */
export function placeText({ file, line, column }: Place, { workingDirectory }: ExplainView): string {
  return `${fileText(file, workingDirectory)}:${line}:${column}`;
}

function fileText(file: string, workingDirectory: string): string {
  if (file === "-") return "stdin";
  const short = relative(workingDirectory, file);
  return short === "" || short.startsWith("..") ? file : short;
}

/** A value in one line, in quotes where it is a text. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "bigint") return String(value);
  const whole = JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? String(item) : item));
  return shortened(whole, 72);
}

/** The first line of a text, not longer than it should be. */
export function shortened(text: string, width: number): string {
  const [line = "", ...more] = text.trimEnd().split("\n");
  const characters = [...line];
  if (characters.length <= width) return more.length > 0 ? `${line} …` : line;
  return `${characters.slice(0, width - 1).join("")}…`;
}

/** Rows with their columns below each other; the last column is not padded. */
export function aligned(rows: readonly (readonly string[])[], gap = "  "): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      if (row.slice(index + 1).some((later) => later !== "")) {
        widths[index] = Math.max(widths[index] ?? 0, Bun.stringWidth(cell));
      }
    }
  }
  const padded = (cell: string, index: number) =>
    cell + " ".repeat(Math.max(0, (widths[index] ?? 0) - Bun.stringWidth(cell)));
  return rows.map((row) => row.map(padded).join(gap).trimEnd());
}
