import type { BodyDecoder } from "./body-decoder.ts";
import type { ByteQueue } from "./byte-queue.ts";
import type { HttpRequest } from "./request.ts";
import type { WritableSocket } from "./socket-writer.ts";

/**
 * The life of one connection:
 *
 *     head ──whole head──▶ exchange ──answered, keep-alive──▶ head
 *                             │──hijacked──▶ raw ──talk settled──▶ closing
 *                             └──answered, no keep-alive──▶ closing
 *
 * `closing` has half-closed our side and throws away what still comes, because closing a
 * socket with unread input would destroy output the client has not read yet.
 */
export type ConnectionState =
  | { readonly kind: "head" }
  | Exchange
  | { readonly kind: "raw"; readonly input: ByteQueue; readonly gone: AbortController }
  | { readonly kind: "closing" }
  | { readonly kind: "closed" };

export interface Exchange {
  readonly kind: "exchange";
  readonly request: HttpRequest;
  readonly body: ByteQueue;
  readonly decoder: BodyDecoder;
}

export interface ConnectionLimits {
  /** Bytes of a request's head; a megabyte unless told. */
  readonly headBytes?: number;
  /** A peer that we wait for and that does nothing for so long is cut off; never unless told. */
  readonly idleSeconds?: number;
}

/** What a connection needs of its socket. */
export interface ConnectionSocket extends WritableSocket {
  pause(): void;
  resume(): void;
  /** Closes in good order: what the kernel has still goes out. */
  end(): void;
  /** Cuts at once; on TCP the client sees a reset. */
  terminate(): void;
}
