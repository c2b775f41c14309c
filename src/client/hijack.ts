import { cancelled, internal } from "../errors/engine-error.ts";
import { ByteQueue } from "../http/byte-queue.ts";
import type { RawStream } from "../http/reply.ts";
import { SocketWriter } from "../http/socket-writer.ts";
import { openSocket } from "./dial-engine.ts";
import type { EngineAddress } from "./engine-address.ts";
import { errorFromResponse } from "./from-response.ts";

/** A connection taken over: raw bytes both ways, each direction ends on its own. */
export interface Hijacked extends RawStream {
  /** From the head of the answer: tells whether the stream is framed. */
  readonly contentType: string;
  /** Half-closes our side: the process sees the end of its input. */
  closeWrite(): void;
  close(): void;
}

/** Asks with `Upgrade: tcp` and waits for the head of the answer. Throws the engine's error. */
export async function hijack(
  engine: EngineAddress,
  method: string,
  target: string,
  body: string | undefined,
  signal?: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<Hijacked> {
  const conversation = new Conversation();
  const socket = {
    open: () => {},
    data: (_: unknown, bytes: Uint8Array) => conversation.data(bytes),
    drain: () => conversation.writer?.drained(),
    end: () => conversation.end(),
    close: () => conversation.end(true),
    error: (_: unknown, error: Error) => conversation.fail(error),
  };
  const connection = await openSocket(engine, socket);
  conversation.attach(connection);
  signal?.addEventListener("abort", () => connection.terminate(), { once: true });

  const headers = ["Host: engine", "Connection: Upgrade", "Upgrade: tcp"];
  for (const [name, value] of Object.entries(more)) headers.push(`${name}: ${value}`);
  if (body !== undefined) {
    headers.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
  } else headers.push("Content-Length: 0");
  const text = `${method} ${target} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n${body ?? ""}`;
  await conversation.writer?.write(Buffer.from(text));
  const head = await conversation.head;
  if (head.status !== 101 && head.status !== 200) {
    const text = await new Response(conversation.queue.stream()).text();
    connection.terminate();
    throw errorFromResponse(head.status, text);
  }
  return {
    contentType: head.contentType,
    input: conversation.queue.stream(),
    signal: conversation.gone.signal,
    write: (bytes) => conversation.writer?.write(bytes),
    closeWrite: () => conversation.writer?.shutdown(),
    close: () => connection.terminate(),
  };
}

interface Head {
  readonly status: number;
  readonly contentType: string;
}

/** The bytes of one connection: first the head of the answer, then the stream. */
class Conversation {
  readonly gone = new AbortController();
  readonly queue = new ByteQueue({ onPause: () => this.#pause(), onResume: () => this.#resume() });
  writer: SocketWriter | undefined;
  readonly head: Promise<Head>;
  readonly #gotHead = Promise.withResolvers<Head>();
  #socket: Bun.Socket<undefined> | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  #inBody = false;
  /** Bytes of an error answer still to come; a hijacked stream has no length. */
  #left = Number.POSITIVE_INFINITY;

  constructor() {
    this.head = this.#gotHead.promise;
  }

  attach(socket: Bun.Socket<undefined>): void {
    this.#socket = socket;
    this.writer = new SocketWriter(socket);
  }

  data(bytes: Uint8Array): void {
    if (this.#inBody) {
      this.#feed(bytes);
      return;
    }
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    const end = this.#buffer.indexOf("\r\n\r\n");
    if (end === -1) return;
    const text = this.#buffer.toString("latin1", 0, end);
    const rest = this.#buffer.subarray(end + 4);
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1]);
    if (!status) {
      this.fail(internal("the engine gave a malformed answer"));
      return;
    }
    this.#inBody = true;
    const length = /^content-length:\s*(\d+)/im.exec(text)?.[1];
    if (length !== undefined && status >= 300) this.#left = Number(length);
    this.#gotHead.resolve({ status, contentType: /^content-type:\s*(.*)$/im.exec(text)?.[1]?.trim() ?? "" });
    this.#feed(rest);
  }

  #feed(bytes: Uint8Array): void {
    this.queue.push(bytes);
    this.#left -= bytes.length;
    if (this.#left <= 0) this.queue.end();
  }

  end(closed = false): void {
    if (!this.#inBody) this.#gotHead.reject(cancelled("the engine closed the connection"));
    this.queue.end();
    if (closed) {
      this.writer?.close();
      this.gone.abort();
    }
  }

  fail(error: Error): void {
    this.#gotHead.reject(error);
    this.queue.end(error);
    this.#socket?.terminate();
  }

  #pause(): void {
    this.#socket?.pause();
  }

  #resume(): void {
    this.#socket?.resume();
  }
}
