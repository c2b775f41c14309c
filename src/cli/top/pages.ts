import { clip, fit, visible } from "../full-screen/fit.ts";
import { within } from "../full-screen/scroll.ts";
import type { Paint } from "../terminal/colours.ts";
import type { Key } from "../terminal/keys.ts";
import type { WindowSize } from "../terminal/tty.ts";

/** A text one scrolls in: a log that grows, or an answer that stands still. */
export interface Page {
  readonly title: string;
  /** What is going on with it: `following`, `ended`. */
  readonly note: string;
  readonly lines: readonly string[];
  /** The first line shown; undefined: the end, wherever it moves. */
  readonly top: number | undefined;
}

const frameRows = 2;

export function pageHeight({ rows }: WindowSize): number {
  return Math.max(1, rows - frameRows);
}

export function drawPage({ title, note, lines, top }: Page, size: WindowSize, paint: Paint): string[] {
  const height = pageHeight(size);
  const first = top ?? Math.max(0, lines.length - height);
  const body = lines.slice(first, first + height).map((line) => clip(plainText(line), size.columns));
  const place =
    lines.length <= height
      ? ""
      : `lines ${first + 1}–${Math.min(lines.length, first + height)} of ${lines.length}`;
  return [
    paint(fit(` ${title}   ${note}`, size.columns), "reverse"),
    ...Array.from({ length: height }, (_, row) => body[row] ?? ""),
    paint(fit(` q back   ↑ ↓ pgup pgdn g G scroll   ${place}`, size.columns), "dim"),
  ];
}

/** Programs colour their logs; cut lines would bleed. */
function plainText(line: string): string {
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");
  return visible(line.replace(escapes, "").replace(/\r$/, ""));
}

/** The page after a key; undefined when it is left. */
export function afterPageKey(page: Page, key: Key, size: WindowSize): Page | undefined {
  const height = pageHeight(size);
  const last = Math.max(0, page.lines.length - height);
  const at = page.top ?? last;
  const moves: Readonly<Record<string, number>> = {
    ...{ up: -1, k: -1, down: 1, j: 1, enter: 1, pageup: -height, "ctrl-b": -height, pagedown: height },
    ...{ space: height, "ctrl-f": height, home: -last, g: -last, end: last, G: last },
  };
  if (key.name === "q" || key.name === "escape" || key.name === "left" || key.name === "ctrl-c")
    return undefined;
  const moved = moves[key.name];
  if (moved === undefined) return page;
  const top = within(at + moved, last + 1);
  return { ...page, top: top >= last ? undefined : top };
}
