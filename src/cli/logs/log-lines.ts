import { FrameDecoder } from "../../protocol/stream-frames.ts";

export interface LogLine {
  readonly stream: "stdout" | "stderr";
  /** When the line began, in nanoseconds since 1970, and as the engine wrote it; asked for by `timestamps`. */
  readonly time: bigint;
  readonly stamp: string;
  /** Without its end of line. */
  readonly text: string;
  /** False for what stands at the very end without a line end. */
  readonly ended: boolean;
}

export interface LogShape {
  /** Output of a container without a terminal: stdout and stderr are told apart. */
  readonly framed: boolean;
  /** Each entry begins with a time, which is taken off. */
  readonly stamped: boolean;
}

/** The lines of an answer of the engine's log call, whole, as they come. */
export async function* logLines(
  body: AsyncIterable<Uint8Array> | null,
  shape: LogShape,
): AsyncGenerator<LogLine> {
  const decoder = new FrameDecoder();
  const lines = {
    stdout: new LineBuffer("stdout", shape.stamped),
    stderr: new LineBuffer("stderr", shape.stamped),
  };
  for await (const bytes of body ?? []) {
    if (!shape.framed) yield* lines.stdout.push(bytes);
    else {
      for (const { stream, payload } of decoder.push(bytes)) {
        yield* lines[stream === "stderr" ? "stderr" : "stdout"].push(payload);
      }
    }
  }
  yield* lines.stdout.rest();
  yield* lines.stderr.rest();
}

const stampPattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})) ?/;

/** Collects the entries of one stream into lines: a long line comes in several entries, each with a time. */
class LineBuffer {
  readonly #stream: LogLine["stream"];
  readonly #stamped: boolean;
  readonly #decoder = new TextDecoder();
  #text = "";
  #stamp: string | undefined;

  constructor(stream: LogLine["stream"], stamped: boolean) {
    this.#stream = stream;
    this.#stamped = stamped;
  }

  *push(bytes: Uint8Array): Generator<LogLine> {
    const pieces = this.#decoder.decode(bytes, { stream: true }).split("\n");
    for (const [index, piece] of pieces.entries()) {
      const isLast = index === pieces.length - 1;
      if (isLast && piece === "") break;
      this.#add(piece);
      if (!isLast) yield this.#line(true);
    }
  }

  *rest(): Generator<LogLine> {
    if (this.#text !== "" || this.#stamp !== undefined) yield this.#line(false);
  }

  #add(piece: string): void {
    const stamp = this.#stamped ? stampPattern.exec(piece) : null;
    this.#stamp ??= stamp?.[1];
    this.#text += stamp ? piece.slice(stamp[0].length) : piece;
  }

  #line(ended: boolean): LogLine {
    const stamp = this.#stamp ?? "";
    const text = this.#text;
    this.#text = "";
    this.#stamp = undefined;
    return { stream: this.#stream, time: nanosOf(stamp), stamp, text, ended };
  }
}

/** RFC 3339 with up to nine digits; zero for what is no time. */
export function nanosOf(stamp: string): bigint {
  const [, seconds = "", fraction = "", zone = ""] =
    /^(.*T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/.exec(stamp) ?? [];
  const milliseconds = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(milliseconds)) return 0n;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}
