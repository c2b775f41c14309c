/** Output a client may be behind with; what comes then is left out, and said to be. */
const mostWaiting = 32 << 20;
/** Pieces of one step's output are joined while they wait. */
const longestPiece = 64 << 10;

export type Piece =
  | { readonly kind: "line"; readonly value: object }
  | { readonly kind: "output"; readonly id: number; readonly stream: 1 | 2; readonly bytes: Uint8Array };

/**
 * What is on its way to the client, in order. A build never waits for a slow client: its output is
 * joined to larger pieces, and beyond a limit left out.
 */
export class Outbox {
  readonly #send: (line: object) => Promise<void>;
  readonly #wrap: (output: Piece & { kind: "output" }) => object;
  readonly #waiting: Piece[] = [];
  #bytes = 0;
  #clipped = 0;
  #pump: Promise<void> | undefined;

  /** `wrap` makes a line of a piece of output. */
  constructor(send: (line: object) => Promise<void>, wrap: (output: Piece & { kind: "output" }) => object) {
    this.#send = send;
    this.#wrap = wrap;
  }

  readonly line = (value: object): void => this.#push({ kind: "line", value });

  output(id: number, stream: 1 | 2, bytes: Uint8Array): void {
    const last = this.#waiting.at(-1);
    if (this.#bytes > mostWaiting) {
      this.#clipped += bytes.length;
      return;
    }
    this.#bytes += bytes.length;
    const joins = last?.kind === "output" && last.id === id && last.stream === stream;
    if (joins && last.bytes.length + bytes.length <= longestPiece) {
      this.#waiting[this.#waiting.length - 1] = { ...last, bytes: Buffer.concat([last.bytes, bytes]) };
      return;
    }
    this.#push({ kind: "output", id, stream, bytes });
  }

  #push(piece: Piece): void {
    this.#waiting.push(piece);
    this.#pump ??= this.#drain();
    // A client that went away is heard of by the signal.
    this.#pump.catch(() => {});
  }

  async #drain(): Promise<void> {
    for (let piece = this.#waiting.shift(); piece; piece = this.#waiting.shift()) {
      if (piece.kind === "line") {
        await this.#send(piece.value);
        continue;
      }
      this.#bytes -= piece.bytes.length;
      await this.#send(this.#wrap(piece));
      if (this.#clipped > 0 && this.#bytes < longestPiece) {
        const words = `[output clipped: ${this.#clipped} bytes were left out for a client that reads too slowly]\n`;
        this.#clipped = 0;
        await this.#send(this.#wrap({ ...piece, bytes: Buffer.from(words) }));
      }
    }
    this.#pump = undefined;
  }

  /** Settles when everything is out. */
  async sent(): Promise<void> {
    await this.#pump;
  }
}
