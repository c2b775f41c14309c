import { cancelled, EngineError, internal } from "../../errors/engine-error.ts";
import { describeFailure } from "./connection-failure.ts";

/** No HTTP answer came, or it broke off: nothing that was sent can have been judged. */
export class NotReached extends EngineError {
  constructor(message: string, cause: unknown) {
    super("internal", message, cause);
    this.name = "NotReached";
  }
}

/** No byte for so long counts as a broken connection. */
const defaultStallMs = 60_000;

/** The head of an answer, with its body still on the way. */
export class RegistryReply {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from in the end, after redirects. */
  readonly url: URL;
  readonly #response: Response;
  readonly #control: AbortController;
  readonly #signal: AbortSignal;
  readonly #stallMs: number;

  constructor(
    response: Response,
    url: URL,
    control: AbortController,
    signal: AbortSignal,
    stallMs = defaultStallMs,
  ) {
    this.status = response.status;
    this.headers = response.headers;
    this.url = url;
    this.#response = response;
    this.#control = control;
    this.#signal = signal;
    this.#stallMs = stallMs;
  }

  /** The body as it comes, as fast as it is read; a stall or a break is an error that says so. */
  stream(): ReadableStream<Uint8Array> {
    const reader = this.#response.body?.getReader();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const late = setTimeout(
            () => this.abandon(new DOMException("late", "TimeoutError")),
            this.#stallMs,
          );
          try {
            const next = await reader?.read();
            if (!next || next.done) controller.close();
            else controller.enqueue(next.value);
          } catch (error) {
            throw this.#failure(error);
          } finally {
            clearTimeout(late);
          }
        },
        cancel: () => this.abandon(),
      },
      { highWaterMark: 0 },
    );
  }

  /** The whole body, when it is not longer than `limit`. */
  async bytes(limit: number, what = "the answer"): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of this.stream()) {
      length += part.length;
      if (length > limit) throw internal(`${what} is too long: more than ${limit} bytes`);
      parts.push(part);
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  async text(limit: number): Promise<string> {
    return new TextDecoder().decode(await this.bytes(limit));
  }

  /** Nobody wants the body: the connection goes. */
  discard(): void {
    this.abandon();
  }

  abandon(reason: unknown = new DOMException("not wanted", "AbortError")): void {
    this.#control.abort(reason);
  }

  #failure(error: unknown): unknown {
    if (this.#signal.aborted) return cancelled("context canceled", error);
    return error instanceof EngineError ? error : new NotReached(describeFailure(error, this.url), error);
  }
}
