import type { Position, SourceFile, SourceRange } from "./source.ts";

/*
 * Lines as an instruction sees them: comments taken out, lines that end with the escape joined
 * with the next. Each knows where in the file its characters stand.
 */

export interface LogicalLine {
  readonly text: string;
  readonly pieces: readonly Piece[];
  readonly end: Position;
  /** Lines of nothing between its parts. */
  readonly emptyLines: readonly number[];
}

/** One line of the file in the text of a logical line. */
interface Piece {
  /** Where in the text it begins. */
  readonly from: number;
  readonly line: number;
  readonly column: number;
}

export function placeOf(line: LogicalLine, offset: number): Position {
  let at = line.pieces[0] ?? { from: 0, line: 1, column: 1 };
  for (const piece of line.pieces) {
    if (piece.from > offset) break;
    at = piece;
  }
  return { line: at.line, column: at.column + offset - at.from };
}

/** From one offset up to another; the end belongs to the line of the last character before it. */
export function rangeOf(line: LogicalLine, from: number, to: number): SourceRange {
  const start = placeOf(line, from);
  if (to <= from) return { start, end: start };
  const last = placeOf(line, to - 1);
  return { start, end: { line: last.line, column: last.column + 1 } };
}

export class LineReader {
  /** Of the directive `# escape=`; asked anew for each line. */
  escape: "\\" | "`" = "\\";
  readonly #lines: readonly string[];
  #next = 0;

  constructor(source: SourceFile) {
    const text = source.text.startsWith("\uFEFF") ? source.text.slice(1) : source.text;
    this.#lines = linesWithEnds(text);
  }

  /** Beginning lines as long as `isTaken` wants them, each without its end. */
  takeWhile(isTaken: (line: string, number: number) => boolean): void {
    for (;;) {
      const line = this.#lines[this.#next];
      if (line === undefined || !isTaken(withoutEnd(line), this.#next + 1)) return;
      this.#next++;
    }
  }

  next(): LogicalLine | undefined {
    for (;;) {
      const raw = this.#lines[this.#next];
      if (raw === undefined) return undefined;
      const text = withoutEnd(raw).trimStart();
      if (text !== "" && !text.startsWith("#")) {
        const line = this.#join();
        if (line.text.trim() !== "") return line;
        continue;
      }
      this.#next++;
    }
  }

  /** One line of the file as it is, with its end. */
  raw(): { readonly text: string; readonly number: number } | undefined {
    const text = this.#lines[this.#next];
    return text === undefined ? undefined : { text, number: ++this.#next };
  }

  #join(): LogicalLine {
    const pieces: Piece[] = [];
    const emptyLines: number[] = [];
    let text = "";
    let end: Position = { line: this.#next + 1, column: 1 };
    for (let isOpen = true; isOpen; ) {
      const raw = this.#lines[this.#next++];
      if (raw === undefined) break;
      const whole = withoutEnd(raw);
      const line = pieces.length === 0 ? whole.trimStart() : whole;
      const trimmed = line.trimStart();
      if (pieces.length > 0 && trimmed.startsWith("#")) continue;
      if (pieces.length > 0 && trimmed === "") {
        emptyLines.push(this.#next);
        continue;
      }
      const continued = this.#withoutEscape(line);
      isOpen = continued !== undefined;
      pieces.push({ from: text.length, line: this.#next, column: whole.length - line.length + 1 });
      text += continued ?? line;
      end = { line: this.#next, column: whole.trimEnd().length + 1 };
    }
    return { text, pieces, end, emptyLines };
  }

  /** The line without the escape at its end, if that is there and not escaped itself. */
  #withoutEscape(line: string): string | undefined {
    const trimmed = line.replace(/[ \t]+$/, "");
    if (!trimmed.endsWith(this.escape)) return undefined;
    const rest = trimmed.slice(0, -1);
    return rest.endsWith(this.escape) ? undefined : rest;
  }
}

/** A last line without an end is one, nothing behind the last end is none. */
function linesWithEnds(text: string): readonly string[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const whole = lines.map((line) => `${line}\n`);
  return last === "" ? whole : [...whole, last];
}

const withoutEnd = (line: string) => (/[\r\n]$/.test(line) ? line.replace(/[\r\n]+$/, "") : line);
