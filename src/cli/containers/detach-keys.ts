import { invalidArgument } from "../../errors/engine-error.ts";

export const defaultDetachKeys = "ctrl-p,ctrl-q";

/** `ctrl-p,ctrl-q`, `a,b`, `ctrl-@`: the bytes a terminal sends for these keys. */
export function parseDetachKeys(text: string): number[] {
  return text.split(",").map((key) => {
    if ([...key].length === 1) return key.charCodeAt(0);
    const letter = /^ctrl-(.)$/i.exec(key)?.[1]?.toLowerCase() ?? "";
    const code = letter === "@" ? 0 : letter.charCodeAt(0) - 96;
    const symbol = "[\\]^_".indexOf(letter);
    if (/^[a-z@]$/.test(letter)) return code;
    if (letter !== "" && symbol >= 0) return 27 + symbol;
    throw invalidArgument(`Unknown character: '${key}'`);
  });
}

/** Looks for the detach keys in what is typed; what may still become them is held back. */
export class DetachScanner {
  readonly #keys: readonly number[];
  #matched = 0;

  constructor(keys: readonly number[]) {
    this.#keys = keys;
  }

  /** What goes on to the container, and whether the keys were all typed. */
  push(bytes: Uint8Array): { pass: Uint8Array; detached: boolean } {
    if (this.#keys.length === 0) return { pass: bytes, detached: false };
    const pass: number[] = [];
    for (const byte of bytes) {
      if (byte === this.#keys[this.#matched]) {
        this.#matched++;
        if (this.#matched === this.#keys.length) return { pass: Uint8Array.from(pass), detached: true };
        continue;
      }
      // Not the keys after all; this byte may be their first one.
      pass.push(...this.#keys.slice(0, this.#matched));
      this.#matched = 0;
      if (byte === this.#keys[0]) this.#matched = 1;
      else pass.push(byte);
    }
    return { pass: Uint8Array.from(pass), detached: false };
  }
}
