import { invalidArgument } from "../errors/engine-error.ts";
import type { BodyLength } from "./request-head.ts";

/**
 * Cuts the body of one request out of the bytes of its connection. `push` hands the
 * payload on and returns what lies behind the end of the body, if it was reached.
 */
export interface BodyDecoder {
  readonly done: boolean;
  push(bytes: Uint8Array, emit: (payload: Uint8Array) => void): Uint8Array;
}

export function bodyDecoder(length: BodyLength): BodyDecoder {
  switch (length.kind) {
    case "none":
      return { done: true, push: (bytes) => bytes };
    case "fixed":
      return new FixedBody(length.bytes);
    case "chunked":
      return new ChunkedBody();
  }
}

class FixedBody implements BodyDecoder {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  push(bytes: Uint8Array, emit: (payload: Uint8Array) => void): Uint8Array {
    const mine = bytes.length <= this.#left ? bytes : bytes.subarray(0, this.#left);
    this.#left -= mine.length;
    if (mine.length > 0) emit(mine);
    return bytes.subarray(mine.length);
  }
}

/** A chunk-size line with extensions may not be longer than this, nor may a trailer line. */
const longestLine = 4096;

/** RFC 9112 section 7.1: `size CRLF payload CRLF … 0 CRLF trailers CRLF`. Trailers are dropped. */
class ChunkedBody implements BodyDecoder {
  #state: "size" | "payload" | "payload-end" | "trailer" | "done" = "size";
  #line = "";
  #left = 0;

  get done(): boolean {
    return this.#state === "done";
  }

  push(bytes: Uint8Array, emit: (payload: Uint8Array) => void): Uint8Array {
    let at = 0;
    while (at < bytes.length && this.#state !== "done") {
      if (this.#state === "payload") {
        const end = Math.min(bytes.length, at + this.#left);
        emit(bytes.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = "payload-end";
        continue;
      }
      at = this.#readLine(bytes, at);
    }
    return bytes.subarray(at);
  }

  /** Collects up to the newline and acts on the whole line. Returns where to go on. */
  #readLine(bytes: Uint8Array, from: number): number {
    const newline = bytes.indexOf(10, from);
    const end = newline === -1 ? bytes.length : newline;
    this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString("latin1");
    if (this.#line.length > longestLine) throw invalidArgument("malformed chunked encoding");
    if (newline === -1) return end;
    const line = this.#line.endsWith("\r") ? this.#line.slice(0, -1) : this.#line;
    this.#line = "";
    this.#actOn(line);
    return newline + 1;
  }

  #actOn(line: string): void {
    switch (this.#state) {
      case "size": {
        const size = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line);
        if (!size) throw invalidArgument("malformed chunked encoding");
        this.#left = Number.parseInt(size[1] ?? "0", 16);
        this.#state = this.#left === 0 ? "trailer" : "payload";
        return;
      }
      case "payload-end":
        if (line !== "") throw invalidArgument("malformed chunked encoding");
        this.#state = "size";
        return;
      case "trailer":
        if (line === "") this.#state = "done";
        return;
      case "payload":
      case "done":
        return;
      default:
        this.#state satisfies never;
    }
  }
}
