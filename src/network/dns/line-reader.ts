/** Bytes in pieces to whole lines. */
export class LineReader {
  #rest = "";
  readonly #decoder = new TextDecoder();

  push(bytes: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}
