import { restoreAtEnd } from "./restore.ts";
import { standardOutput } from "./tty.ts";
import { writeOut } from "./write-out.ts";

/**
 * A screen of one's own, without a cursor, until disposed; then everything is as it was
 * before, however the program ends.
 */
export function alternateScreen(): Disposable {
  writeOut(standardOutput, "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H");
  return restoreAtEnd(() => writeOut(standardOutput, "\x1b[?25h\x1b[?1049l"));
}

/**
 * Draws whole lines from the top; what was there is overwritten in place, without flicker.
 * Lines must be no wider than the window: escape codes in them are not counted.
 */
export function drawScreen(lines: readonly string[]): void {
  const body = lines.map((line) => `${line}\x1b[K`).join("\r\n");
  // Terminals that know synchronized output show the frame at once; others skip the codes.
  writeOut(standardOutput, `\x1b[?2026h\x1b[H${body}\x1b[J\x1b[?2026l`);
}
