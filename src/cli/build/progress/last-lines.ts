/** A line may be endless: what is shown of it has an end. */
const longestLine = 4096;

/** The last lines of a step's output, as a terminal would show them: a carriage return begins the line anew. */
export class LastLines {
  readonly #most: number;
  readonly #decoder = new TextDecoder();
  readonly #lines: string[] = [];
  #open = "";

  constructor(most: number) {
    this.#most = most;
  }

  add(bytes: Uint8Array): void {
    const text = this.#open + this.#decoder.decode(bytes, { stream: true });
    const lines = text.split("\n");
    this.#open = (lines.pop() ?? "").slice(-longestLine);
    for (const line of lines) this.#lines.push(line.slice(0, longestLine));
    if (this.#lines.length > this.#most) this.#lines.splice(0, this.#lines.length - this.#most);
  }

  /** At most `count`, without codes that move the cursor. */
  last(count: number): string[] {
    const all = this.#open === "" ? this.#lines : [...this.#lines, this.#open];
    return all.slice(-count).map(plainLine);
  }

  get empty(): boolean {
    return this.#lines.length === 0 && this.#open === "";
  }
}

/** Colours, cursor moves, titles of windows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const escapes = /\x1b(?:\[[0-9;?]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const controls = /[\x00-\x08\x0b-\x1f\x7f]/g;

/** What stands there when everything was drawn. */
export function plainLine(line: string): string {
  const text = line.replace(escapes, "").replace(/\r+$/, "");
  return text
    .slice(text.lastIndexOf("\r") + 1)
    .replaceAll("\t", "    ")
    .replace(controls, "");
}
