import { isLayerLine, layerLine, plainText, type TransferMessage } from "./message.ts";

/** The window, asked anew at every drawing: it may have been resized. */
export interface Screen {
  columns(): number;
  rows(): number;
  write(text: string): void;
}

/** Often enough for the eye. */
const drawEvery = 40;

/**
 * One line per layer, rewritten in place. Between two drawings the cursor always stands at the
 * start of the line below, and it is never hidden: whenever the program ends, the terminal is
 * in order.
 *
 *     first layer        <- `drawn` lines up from the cursor
 *     second layer
 *     _                  <- cursor
 *
 * Lines that do not fit the height scroll away with what they last said.
 */
export class LayerLines {
  readonly #screen: Screen;
  #lines = new Map<string, TransferMessage>();
  /** What stands on the screen, as it was written. */
  #drawn: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  add(message: TransferMessage): void {
    if (isLayerLine(message) && message.id !== undefined) {
      this.#lines.set(message.id, message);
      this.#timer ??= setTimeout(() => this.draw(), drawEvery);
      return;
    }
    // Another word ends the block: the layers of the next tag get lines of their own.
    this.draw();
    this.#lines = new Map();
    this.#drawn = [];
    this.#screen.write(plainText(message));
  }

  draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.size === 0) return;
    const columns = this.#screen.columns();
    const rows = Math.max(this.#screen.rows() - 1, 1);
    const all = [...this.#lines.values()];
    const known = this.#drawn.length;
    // A terminal made narrower has broken long lines in two.
    const up = this.#drawn.map(({ length }) => Math.max(Math.ceil(length / columns), 1));
    while (up.reduce((a, b) => a + b, 0) > rows) up.shift();
    const height = up.reduce((a, b) => a + b, 0);
    const before = this.#before(all.length, known, up.length);
    const shown = all.slice(before).map((message) => layerLine(message, columns));
    const clear = height > up.length ? "\x1b[J" : "";
    const back = height > 0 ? `\x1b[${height}A\r${clear}` : "";
    this.#screen.write(back + shown.map((line) => `${line}\x1b[K\r\n`).join(""));
    this.#count = all.length;
    this.#drawn = shown.slice(-rows);
  }

  /** How many lines there were at the last drawing. */
  #count = 0;

  /** The lines above the highest that can still be reached. */
  #before(total: number, known: number, reachable: number): number {
    if (known === 0) return 0;
    return Math.min(this.#count - reachable, total);
  }
}
