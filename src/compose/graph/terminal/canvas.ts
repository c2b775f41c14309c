/** Styles a terminal can show; names are those of the command line's painter. */
export type Ink =
  | "bold"
  | "dim"
  | "red"
  | "green"
  | "yellow"
  | "blue"
  | "magenta"
  | "cyan"
  | "grey"
  | "brightMagenta"
  | "brightCyan"
  | "brightYellow"
  | "brightBlue";

export type Paint = (text: string, ...inks: Ink[]) => string;

export interface Piece {
  readonly text: string;
  readonly inks: readonly Ink[];
}

interface Cell {
  readonly text: string;
  readonly inks: readonly Ink[];
}

const blank: Cell = { text: " ", inks: [] };
/** The right half of a wide letter. */
const covered: Cell = { text: "", inks: [] };

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Columns a text takes, once it is fit to be shown. */
export function columnsOf(text: string): number {
  return Bun.stringWidth(shown(text));
}

/** Names and paths may hold anything; a screen must survive it. */
function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through
  return text.replace(/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/gu, "\ufffd");
}

/** A sheet of character cells. */
export class Canvas {
  readonly #rows: Cell[][] = [];

  put(x: number, y: number, text: string, ...inks: Ink[]): void {
    const row = this.#row(y);
    while (row.length <= x) row.push(blank);
    row[x] = { text, inks };
  }

  /** Writes pieces one after another, cut with `…` after `most` columns; answers with the columns used. */
  write(x: number, y: number, pieces: readonly Piece[], most: number): number {
    let left = columnsOf(pieces.map(({ text }) => text).join("")) <= most ? most : most - 1;
    const isCut = left < most;
    let at = x;
    for (const { text, inks } of pieces) {
      for (const { segment } of graphemes.segment(shown(text))) {
        const size = Bun.stringWidth(segment);
        if (size > left) {
          this.put(at, y, "…", ...inks);
          return at + 1 - x;
        }
        this.put(at, y, segment, ...inks);
        if (size === 2) {
          this.put(at + 1, y, " ");
          this.#row(y)[at + 1] = covered;
        }
        at += size;
        left -= size;
      }
    }
    if (isCut) this.put(at, y, "…");
    return at - x + (isCut ? 1 : 0);
  }

  lines(paint: Paint): string[] {
    return this.#rows.map((row) => {
      const end = row.findLastIndex(({ text }) => text !== " ") + 1;
      let line = "";
      for (let at = 0; at < end; ) {
        const inks = row[at]?.inks ?? [];
        let text = "";
        while (at < end && sameInks(row[at]?.inks ?? [], inks)) text += row[at++]?.text ?? "";
        line += inks.length === 0 ? text : paint(text, ...inks);
      }
      return line;
    });
  }

  #row(y: number): Cell[] {
    while (this.#rows.length <= y) this.#rows.push([]);
    return this.#rows[y] ?? [];
  }
}

function sameInks(a: readonly Ink[], b: readonly Ink[]): boolean {
  return a === b || (a.length === b.length && a.every((ink, at) => ink === b[at]));
}
