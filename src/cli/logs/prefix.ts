import { fit, visible } from "../full-screen/fit.ts";
import type { Paint, Style } from "../terminal/colours.ts";

const colours: readonly Style[] = [
  ...(["cyan", "yellow", "green", "magenta", "blue"] as const),
  ...(["brightCyan", "brightYellow", "brightGreen", "brightMagenta", "brightBlue"] as const),
];

/** A longer name is cut: it must leave room for what the container says. */
const widest = 32;

export interface PrefixShape {
  readonly widest: number;
  /** What stands between the longest name and the line. */
  readonly mark: string;
}

/** The names in front of lines: as wide as the widest so far, each container in its own colour. */
export class Prefixes {
  readonly #paint: Paint;
  readonly #shape: PrefixShape;
  readonly #styles = new Map<string, Style>();
  #width = 0;

  constructor(paint: Paint, names: readonly string[], shape: PrefixShape = { widest, mark: " | " }) {
    this.#paint = paint;
    this.#shape = shape;
    for (const name of names) this.add(name);
  }

  add(name: string): void {
    if (this.#styles.has(name)) return;
    this.#styles.set(name, colours[this.#styles.size % colours.length] ?? "cyan");
    this.#width = Math.min(this.#shape.widest, Math.max(this.#width, Bun.stringWidth(visible(name))));
  }

  /** Columns the names take. */
  get width(): number {
    return this.#width;
  }

  of(name: string): string {
    this.add(name);
    return this.painted(name, fit(name, this.#width) + this.#shape.mark);
  }

  /** In the colour of the container. */
  painted(name: string, text: string): string {
    this.add(name);
    return this.#paint(text, this.#styles.get(name) ?? "cyan");
  }
}
