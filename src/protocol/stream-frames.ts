import { internal } from "../errors/engine-error.ts";

/**
 * Docker's framing of several streams on one connection ("stdcopy"):
 *
 *     byte 0      stream: 0 stdin, 1 stdout, 2 stderr, 3 an error of the engine
 *     bytes 1–3   zero
 *     bytes 4–7   length of the payload, big endian
 *     bytes 8–    payload
 */
export const frameStreams = ["stdin", "stdout", "stderr", "system-error"] as const;
export type FrameStream = (typeof frameStreams)[number];

export const frameHeaderLength = 8;

export interface Frame {
  readonly stream: FrameStream;
  readonly payload: Uint8Array;
}

export function encodeFrame(stream: FrameStream, payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(frameHeaderLength + payload.length);
  frame.writeUInt32BE(frameStreams.indexOf(stream) << 24, 0);
  frame.writeUInt32BE(payload.length, 4);
  frame.set(payload, frameHeaderLength);
  return frame;
}

/** Takes bytes as they arrive and gives whole frames; keeps what is incomplete. */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);

  *push(chunk: Uint8Array): Generator<Frame> {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.#rest.length === 0 ? fresh : Buffer.concat([this.#rest, fresh]);
    let at = 0;
    while (bytes.length - at >= frameHeaderLength) {
      const stream = frameStreams[bytes[at] ?? 0];
      if (stream === undefined) throw internal(`unrecognized stream in a frame: ${bytes[at]}`);
      const end = at + frameHeaderLength + bytes.readUInt32BE(at + 4);
      if (bytes.length < end) break;
      yield { stream, payload: bytes.subarray(at + frameHeaderLength, end) };
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }

  /** Bytes of a frame whose end has not arrived. */
  get pending(): number {
    return this.#rest.length;
  }
}
