import { cancelled, EngineError, internal, messageOf } from "../errors/engine-error.ts";
import { type BodyDecoder, bodyDecoder } from "../http/body-decoder.ts";
import { ByteQueue } from "../http/byte-queue.ts";
import { SocketWriter } from "../http/socket-writer.ts";
import { openSocket } from "./dial-engine.ts";
import type { EngineAddress } from "./engine-address.ts";

export interface Outgoing {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * One request and its answer on a connection of their own. It is here instead of `fetch` because
 * that takes longer to be ready than a short command to run, and gives up on an answer that is
 * silent for five minutes, as those to `wait`, `logs -f` and `events` are.
 */
export async function exchange(engine: EngineAddress, request: Outgoing): Promise<Response> {
  const { signal } = request;
  signal?.throwIfAborted();
  const answer = new Answer(request.method === "HEAD");
  const socket = await openSocket(engine, {
    data: (_, bytes) => answer.data(bytes),
    drain: () => answer.writer?.drained(),
    end: () => answer.end(),
    close: () => answer.end(),
    error: (_, error) => answer.fail(error),
  });
  answer.attach(socket);
  const onAbort = () => answer.fail(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  void answer.over.then(() => signal?.removeEventListener("abort", onAbort));
  void send(answer, request).catch((error) => answer.fail(error));
  return await answer.response;
}

async function send(answer: Answer, { method, target, headers, body }: Outgoing): Promise<void> {
  const lines = [`${method} ${target} HTTP/1.1`, "Host: engine", "Connection: close"];
  for (const [name, value] of Object.entries(headers)) {
    if (/[\r\n]/.test(name + value)) throw internal(`a line break in the header ${JSON.stringify(name)}`);
    lines.push(`${name}: ${value}`);
  }
  if (body instanceof ReadableStream) lines.push("Transfer-Encoding: chunked");
  else if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  else if (method !== "GET" && method !== "HEAD") lines.push("Content-Length: 0");
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n${typeof body === "string" ? body : ""}`);
  await answer.writer?.write(head);
  if (body instanceof Uint8Array) await answer.writer?.write(body);
  if (!(body instanceof ReadableStream)) return;
  for await (const bytes of readable(body)) {
    // A refusal may come before the end of the question: the rest is not wanted. Builds and loads
    // answer while they still read.
    if (answer.refused) return;
    if (bytes.length === 0) continue;
    const size = Buffer.from(`${bytes.length.toString(16)}\r\n`);
    await answer.writer?.write(Buffer.concat([size, bytes, lineEnd]));
  }
  await answer.writer?.write(Buffer.from("0\r\n\r\n"));
}

/** That what is sent cannot be read is no failure of the connection. */
async function* readable(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of body) yield bytes;
  } catch (error) {
    throw error instanceof EngineError ? error : internal(messageOf(error), error);
  }
}

const lineEnd = Buffer.from("\r\n");

/** The bytes of one answer: its head, then its body as far as it is there, and more as it comes. */
class Answer {
  readonly response: Promise<Response>;
  /** Settles when nothing more is to come. */
  readonly over: Promise<void>;
  writer: SocketWriter | undefined;
  readonly #gotHead = Promise.withResolvers<Response>();
  readonly #over = Promise.withResolvers<void>();
  readonly #queue = new ByteQueue({
    onPause: () => this.#socket?.pause(),
    onResume: () => this.#socket?.resume(),
  });
  readonly #headOnly: boolean;
  #socket: Bun.Socket<undefined> | undefined;
  #buffer: Uint8Array = new Uint8Array(0);
  /** Undefined before the head, and for a body that ends with the connection. */
  #body: BodyDecoder | undefined;
  #inBody = false;

  constructor(headOnly: boolean) {
    this.#headOnly = headOnly;
    this.response = this.#gotHead.promise;
    // Nobody waits for it when the connection was refused: that is told otherwise.
    this.response.catch(() => {});
    this.over = this.#over.promise;
  }

  /** An error came, or there is nobody left to listen. */
  refused = false;

  attach(socket: Bun.Socket<undefined>): void {
    this.#socket = socket;
    this.writer = new SocketWriter(socket);
  }

  data(bytes: Uint8Array): void {
    if (this.#inBody) {
      this.#feed(bytes);
      return;
    }
    const all = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes]);
    const text = Buffer.from(all.buffer, all.byteOffset, all.byteLength);
    const end = text.indexOf("\r\n\r\n");
    if (end === -1) this.#buffer = all;
    else this.#begin(text.toString("latin1", 0, end), all.subarray(end + 4));
  }

  #begin(head: string, rest: Uint8Array): void {
    const [first = "", ...lines] = head.split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
    if (!status) {
      this.fail(malformed());
      return;
    }
    if (status < 200) {
      this.#buffer = new Uint8Array(0);
      if (rest.length > 0) this.data(rest);
      return;
    }
    const headers = new Headers();
    for (const line of lines) {
      const colon = line.indexOf(":");
      if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    this.#inBody = true;
    this.refused = status >= 300;
    const bare = this.#headOnly || status === 204 || status === 304;
    try {
      this.#body = bare ? bodyDecoder({ kind: "none" }) : bodyOf(headers);
      this.#feed(rest);
    } catch (error) {
      this.fail(error);
      return;
    }
    const body = bare ? null : (this.#queue.collected() ?? this.#stream());
    this.#gotHead.resolve(new Response(body, { status, headers }));
  }

  #stream(): ReadableStream<Uint8Array> {
    const queue = this.#queue;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = await queue.next();
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
        cancel: () => this.#finish(),
      },
      { highWaterMark: 0 },
    );
  }

  #feed(bytes: Uint8Array): void {
    const emit = (payload: Uint8Array) => this.#queue.push(payload);
    if (!this.#body) {
      emit(bytes);
      return;
    }
    try {
      this.#body.push(bytes, emit);
      if (this.#body.done) this.#finish();
    } catch (error) {
      this.fail(error);
    }
  }

  /** The other side says no more. */
  end(): void {
    if (!this.#inBody) this.fail(new Error("it closed the connection"));
    else if (this.#body && !this.#body.done) {
      this.fail(cancelled("the engine closed the connection in the middle of its answer"));
    } else this.#finish();
  }

  fail(error: unknown): void {
    const reason = error instanceof Error ? error : cancelled(String(error));
    this.#gotHead.reject(reason);
    this.#queue.end(reason);
    this.#finish();
  }

  #finish(): void {
    this.refused = true;
    this.#queue.end();
    this.#over.resolve();
    this.writer?.close();
    this.#socket?.terminate();
  }
}

function bodyOf(headers: Headers): BodyDecoder | undefined {
  const length = headers.get("content-length");
  if (headers.get("transfer-encoding")?.toLowerCase() === "chunked") return bodyDecoder({ kind: "chunked" });
  if (length === null) return undefined;
  if (!/^\d{1,15}$/.test(length)) throw malformed();
  return bodyDecoder(length === "0" ? { kind: "none" } : { kind: "fixed", bytes: Number(length) });
}

const malformed = () => Object.assign(new Error("malformed answer"), { code: "Malformed_HTTP_Response" });
