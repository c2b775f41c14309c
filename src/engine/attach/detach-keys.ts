import { invalidArgument } from "../../errors/engine-error.ts";

const controls = "@abcdefghijklmnopqrstuvwxyz[\\]^_";
const defaultKeys = Uint8Array.of(16, 17);

/** Docker's notation: `a` or `ctrl-p`, `ctrl-@`, …, `DEL`, joined by commas; empty for ctrl-p,ctrl-q. For exec the refusal says `escape`. */
export function parseDetachKeys(text: string, word: "detach" | "escape" = "detach"): Uint8Array {
  if (text === "") return defaultKeys;
  return Uint8Array.from(text.split(","), (key) => {
    if (key === "DEL") return 127;
    if (key.length === 1 && key.charCodeAt(0) < 128) return key.charCodeAt(0);
    const code = key.length === 6 && key.startsWith("ctrl-") ? controls.indexOf(key.slice(5)) : -1;
    if (code < 0) throw invalidArgument(`Invalid ${word} keys (${text}) provided`);
    return code;
  });
}

/**
 * Looks for the detach sequence in what a user types, also across chunks. Keys that may be
 * its beginning are held back, and passed on when the next one breaks the sequence; the
 * key that breaks it does not begin a new one, as in Docker.
 */
export class DetachScanner {
  readonly #keys: Uint8Array;
  #matched = 0;

  constructor(keys: Uint8Array) {
    this.#keys = keys;
  }

  feed(chunk: Uint8Array): { pass: Uint8Array; detached: boolean } {
    if (this.#keys.length === 0) return { pass: chunk, detached: false };
    const pass = new Uint8Array(chunk.length + this.#matched);
    let length = 0;
    for (const byte of chunk) {
      if (byte === this.#keys[this.#matched]) {
        this.#matched++;
        if (this.#matched < this.#keys.length) continue;
        this.#matched = 0;
        return { pass: pass.subarray(0, length), detached: true };
      }
      pass.set(this.#keys.subarray(0, this.#matched), length);
      length += this.#matched;
      this.#matched = 0;
      pass[length++] = byte;
    }
    return { pass: pass.subarray(0, length), detached: false };
  }
}
