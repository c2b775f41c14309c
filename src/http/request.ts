import { invalidArgument } from "../errors/engine-error.ts";
import type { ByteQueue } from "./byte-queue.ts";
import { hasToken, type RequestHead } from "./request-head.ts";

/** One request as handlers see it. */
export class HttpRequest {
  readonly method: string;
  /** Decoded path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: ReadonlyMap<string, string>;
  /** For the log, so that a line can be found again. */
  readonly id: number;
  readonly #body: ByteQueue;
  readonly #hasBody: boolean;
  readonly #abort = new LazyAbort();

  constructor(head: RequestHead, id: number, body: ByteQueue, hasBody: boolean) {
    const mark = head.target.indexOf("?");
    const rawPath = mark === -1 ? head.target : head.target.slice(0, mark);
    this.method = head.method;
    this.path = decodePath(rawPath);
    this.query = new URLSearchParams(mark === -1 ? "" : head.target.slice(mark + 1));
    this.headers = head.headers;
    this.id = id;
    this.#body = body;
    this.#hasBody = hasBody;
  }

  /** Aborted when the client goes away before it has the whole answer. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether a body was announced; it may still turn out empty when chunked. */
  get hasBody(): boolean {
    return this.#hasBody;
  }

  get body(): ReadableStream<Uint8Array> {
    return this.#body.stream();
  }

  /** The whole body, refused when it is larger than `limit`. */
  async bytes(limit: number): Promise<Uint8Array> {
    const bytes = await this.#body.collect(limit);
    if (!bytes) throw invalidArgument(`request body too large: more than ${limit} bytes`);
    return bytes;
  }

  wantsUpgrade(protocol: string): boolean {
    return (
      hasToken(this.headers.get("connection"), "upgrade") &&
      this.headers.get("upgrade")?.toLowerCase() === protocol
    );
  }

  /** For the connection: the client is gone. */
  abort(): void {
    this.#abort.abort();
  }
}

/** Most requests never look at their signal; a controller costs more than the rest of a ping. */
class LazyAbort {
  #controller: AbortController | undefined;
  #aborted = false;

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort();
  }
}

function decodePath(path: string): string {
  // Some clients send the absolute form, as to a proxy.
  const local = path.startsWith("/") ? path : path.replace(/^https?:\/\/[^/]*/, "") || "/";
  if (!local.includes("%")) return local;
  try {
    return decodeURIComponent(local);
  } catch (cause) {
    throw invalidArgument(`invalid URL escape in ${JSON.stringify(local)}`, cause);
  }
}
