import { fit, visible } from "../full-screen/fit.ts";
import type { Paint, Style } from "../terminal/colours.ts";

const colours: readonly Style[] = [
  ...(["cyan", "yellow", "green", "magenta", "blue"] as const),
  ...(["brightCyan", "brightYellow", "brightGreen", "brightMagenta", "brightBlue"] as const),
];

/** A longer name is cut: it must leave room for what the container says. */
const widest = 32;

/** The names in front of lines: as wide as the widest so far, each container in its own colour. */
export class Prefixes {
  readonly #paint: Paint;
  readonly #styles = new Map<string, Style>();
  #width = 0;

  constructor(paint: Paint, names: readonly string[]) {
    this.#paint = paint;
    for (const name of names) this.add(name);
  }

  add(name: string): void {
    if (this.#styles.has(name)) return;
    this.#styles.set(name, colours[this.#styles.size % colours.length] ?? "cyan");
    this.#width = Math.min(widest, Math.max(this.#width, Bun.stringWidth(visible(name))));
  }

  of(name: string): string {
    this.add(name);
    return this.#paint(`${fit(name, this.#width)} | `, this.#styles.get(name) ?? "cyan");
  }
}
