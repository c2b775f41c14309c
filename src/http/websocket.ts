import { cancelled, invalidArgument } from "../errors/engine-error.ts";
import { ByteQueue } from "./byte-queue.ts";
import type { RawStream } from "./reply.ts";

/** The answer to a client's Sec-WebSocket-Key (RFC 6455 section 4.2.2). */
export function acceptKey(key: string): string {
  return new Bun.CryptoHasher("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A message piece larger than this is refused: nothing here needs it. */
const longestPayload = 1024 * 1024;

/** One frame of a server: never masked (section 5.1). */
export function encodeFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const size = payload.length;
  const headerLength = size < 126 ? 2 : size < 65536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + size);
  frame[0] = 0x80 | opcode;
  if (size < 126) frame[1] = size;
  else if (size < 65536) {
    frame[1] = 126;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(size), 2);
  }
  frame.set(payload, headerLength);
  return frame;
}

/** Frames of a client out of bytes as they arrive, unmasked. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  *push(bytes: Uint8Array): Generator<{ opcode: number; payload: Uint8Array }> {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const rest = this.#rest;
      if (rest.length < 2) return;
      const short = (rest[1] ?? 0) & 0x7f;
      const masked = ((rest[1] ?? 0) & 0x80) !== 0;
      if (!masked) throw invalidArgument("websocket frame of a client is not masked");
      const sizeEnd = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (rest.length < sizeEnd + 4) return;
      const size =
        short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
      if (size > longestPayload) throw invalidArgument("websocket frame is too large");
      const end = sizeEnd + 4 + size;
      if (rest.length < end) return;
      const payload = Buffer.from(rest.subarray(sizeEnd + 4, end));
      for (let index = 0; index < size; index++) {
        payload[index] = (payload[index] ?? 0) ^ (rest[sizeEnd + (index & 3)] ?? 0);
      }
      this.#rest = rest.subarray(end);
      yield { opcode: (rest[0] ?? 0) & 0x0f, payload };
    }
  }
}

/**
 * Speaks websocket on a raw stream: output goes out as binary messages, incoming text and
 * binary messages become input, a close message ends it. `finish` says goodbye.
 */
export function overWebSocket(raw: RawStream): { stream: RawStream; finish(): Promise<void> } {
  const gone = new AbortController();
  raw.signal.addEventListener("abort", () => gone.abort(), { once: true });
  const resumed = { wake: () => {}, paused: false };
  const input = new ByteQueue({
    onPause: () => {
      resumed.paused = true;
    },
    onResume: () => {
      resumed.paused = false;
      resumed.wake();
    },
  });
  let closeSent = false;
  const close = async (): Promise<void> => {
    if (closeSent || raw.signal.aborted) return;
    closeSent = true;
    // 1000: normal closure.
    await raw.write(encodeFrame(opcodes.close, Uint8Array.of(3, 232)));
  };

  const pump = async (): Promise<void> => {
    const reader = new FrameReader();
    for await (const bytes of raw.input) {
      for (const { opcode, payload } of reader.push(bytes)) {
        if (opcode === opcodes.ping) await raw.write(encodeFrame(opcodes.pong, payload));
        else if (opcode === opcodes.close) return;
        else if (opcode !== opcodes.pong) input.push(payload);
      }
      if (resumed.paused) {
        await new Promise<void>((resolve) => {
          resumed.wake = resolve;
        });
      }
    }
  };
  pump()
    .catch(() => {})
    .finally(() => {
      input.end();
      gone.abort();
    });

  return {
    stream: {
      input: input.stream(),
      signal: gone.signal,
      write: (bytes) =>
        gone.signal.aborted
          ? Promise.reject(cancelled("the websocket is closed"))
          : raw.write(encodeFrame(opcodes.binary, bytes)),
    },
    finish: () => close().catch(() => {}),
  };
}
