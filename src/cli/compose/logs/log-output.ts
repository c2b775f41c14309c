import type { LogLine } from "../../logs/log-lines.ts";
import { Prefixes } from "../../logs/prefix.ts";
import type { Paint } from "../../terminal/colours.ts";

export interface LogOutputWish {
  readonly paint: Paint;
  readonly prefix: boolean;
  readonly timestamps: boolean;
  /** Where lines go: what a container says on its standard error may go to ours. */
  write(stream: LogLine["stream"], text: string): void;
}

/** Lines of many containers, each behind its name: `web-1  | text`. */
export class LogOutput {
  readonly #wish: LogOutputWish;
  readonly #prefixes: Prefixes;

  constructor(wish: LogOutputWish) {
    this.#wish = wish;
    this.#prefixes = new Prefixes(wish.paint, [], { widest: Number.POSITIVE_INFINITY, mark: "  | " });
  }

  /** Its colour and the room for its name are settled. */
  add(name: string): void {
    this.#prefixes.add(name);
  }

  lines(ready: readonly { readonly name: string; readonly line: LogLine }[]): void {
    let stream: LogLine["stream"] = "stdout";
    let text = "";
    const flush = () => {
      if (text !== "") this.#wish.write(stream, text);
      text = "";
    };
    for (const { name, line } of ready) {
      if (line.stream !== stream) flush();
      stream = line.stream;
      text += this.#lineText(name, line);
    }
    flush();
  }

  /** What happened to a container, in its colour: `web-1 exited with code 0`. */
  status(name: string, text: string): void {
    this.#wish.write("stdout", `${this.#prefixes.painted(name, `${name} ${text}`)}\n`);
  }

  /** What `watch` says, under the names of containers. */
  note(text: string): void {
    const { prefix, paint, write } = this.#wish;
    const mark = prefix ? paint(`${" ".repeat(this.#prefixes.width + 1)} ⦿ `, "brightGreen") : "";
    write("stdout", `${mark}${text}\n`);
  }

  #lineText(name: string, { stamp, text }: LogLine): string {
    const prefix = this.#wish.prefix ? this.#prefixes.of(name) : "";
    // A program with a terminal ends its lines with \r\n.
    return `${prefix}${this.#wish.timestamps ? `${stamp} ` : ""}${text.replace(/\r$/, "")}\n`;
  }
}
