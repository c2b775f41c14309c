import { messageOf } from "../errors/engine-error.ts";
import { log } from "../lib/log.ts";
import { bodyDecoder } from "./body-decoder.ts";
import { ByteQueue, brokenOff } from "./byte-queue.ts";
import type { ConnectionLimits, ConnectionSocket, ConnectionState, Exchange } from "./connection-state.ts";
import { jsonReply, type Reply } from "./reply.ts";
import { HttpRequest } from "./request.ts";
import { bodyLengthOf, type RequestHead, wantsKeepAlive } from "./request-head.ts";
import { sendReply } from "./send-reply.ts";
import { SocketWriter } from "./socket-writer.ts";
import { takeHead } from "./take-head.ts";

export type Handler = (request: HttpRequest) => Promise<Reply>;

/** Registry credentials of many hosts travel in one header; Go allows as much. */
const longestHead = 1024 * 1024;

/** Bytes of requests ahead of the current one that may wait here. */
const longestPipeline = 1024 * 1024;
/** After our last byte, the client has so long to close; then the connection is cut. */
const lingerMs = 5000;

let requestCount = 0;

export class Connection {
  readonly #socket: ConnectionSocket;
  readonly #handler: Handler;
  readonly #writer: SocketWriter;
  #state: ConnectionState = { kind: "head" };
  /** Received and not yet understood: part of a head, or what follows the current request. */
  #buffer: Buffer = Buffer.alloc(0);
  #peerEnded = false;
  /** No further request is wanted on this connection. */
  #last = false;
  /** The current answer may go on for ever: logs, events, an attached terminal. */
  #streaming = false;
  #linger: Timer | undefined;
  readonly #longestHead: number;
  /** Slow readers slow the peer. */
  readonly #flow = { onPause: () => this.#socket.pause(), onResume: () => this.#socket.resume() };

  constructor(socket: ConnectionSocket, handler: Handler, limits: ConnectionLimits = {}) {
    this.#socket = socket;
    this.#handler = handler;
    this.#longestHead = limits.headBytes ?? longestHead;
    this.#writer = new SocketWriter(socket);
  }

  data(bytes: Uint8Array): void {
    const state = this.#state;
    switch (state.kind) {
      case "head":
        this.#keep(bytes);
        this.#readHead();
        return;
      case "exchange":
        this.#feedBody(state, bytes);
        return;
      case "raw":
        state.input.push(bytes);
        return;
      case "closing":
      case "closed":
        return;
      default:
        state satisfies never;
    }
  }

  drain(): void {
    this.#writer.drained();
  }

  /** The client will send no more; it may still listen. */
  end(): void {
    this.#peerEnded = true;
    const state = this.#state;
    if (state.kind === "raw") state.input.end();
    else if (state.kind === "exchange") {
      if (!state.decoder.done) state.body.end(brokenOff());
      state.request.abort();
    } else this.#socket.end();
  }

  close(): void {
    const state = this.#state;
    this.#state = { kind: "closed" };
    clearTimeout(this.#linger);
    this.#writer.close();
    if (state.kind === "raw") {
      state.input.end();
      state.gone.abort();
    } else if (state.kind === "exchange") {
      state.body.end(brokenOff());
      state.request.abort();
    }
  }

  /** Ends after the answer that is being worked on. What has none to wait for, or streams, is cut. */
  finish(): void {
    this.#last = true;
    const { kind } = this.#state;
    if (kind === "closing" || (kind === "exchange" && !this.#streaming)) return;
    this.cut();
  }

  cut(): void {
    this.#socket.terminate();
  }

  /** Whether it is the peer who has to do something next: send a request or its body, or take an answer. */
  get waitsForPeer(): boolean {
    const state = this.#state;
    if (state.kind === "head" || this.#writer.waiting) return true;
    return state.kind === "exchange" && !state.decoder.done && !state.body.paused;
  }

  #keep(bytes: Uint8Array): void {
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#buffer, bytes]);
    if (this.#state.kind === "exchange" && this.#buffer.length > longestPipeline) this.#socket.pause();
  }

  #readHead(): void {
    const taken = takeHead(this.#buffer, this.#longestHead);
    if (taken.kind === "refused") {
      this.#refuse(taken.status, taken.message);
      return;
    }
    this.#buffer = taken.rest;
    if (taken.kind === "head") {
      try {
        this.#begin(taken.head);
      } catch (error) {
        this.#refuse(400, messageOf(error));
      }
    }
  }

  #begin(head: RequestHead): void {
    const length = bodyLengthOf(head);
    const expectsContinue = head.headers.get("expect")?.toLowerCase() === "100-continue";
    const body = new ByteQueue({
      ...this.#flow,
      ...(expectsContinue && {
        onFirstRead: () => {
          this.#writer.write(Buffer.from("HTTP/1.1 100 Continue\r\n\r\n"))?.catch(() => {});
        },
      }),
    });
    const request = new HttpRequest(head, ++requestCount, body, length.kind !== "none");
    const state = { kind: "exchange" as const, request, body, decoder: bodyDecoder(length) };
    this.#state = state;
    const rest = this.#buffer;
    this.#buffer = Buffer.alloc(0);
    this.#feedBody(state, rest);
    this.#exchange(head, state).catch((error) => {
      if (!this.#writer.closed) {
        log.debug("connection broken off", { request: request.id, error: messageOf(error) });
      }
      this.#socket.terminate();
    });
  }

  #feedBody(state: Exchange, bytes: Uint8Array): void {
    let rest = bytes;
    try {
      rest = state.decoder.push(bytes, (payload) => state.body.push(payload));
    } catch (error) {
      state.body.end(error instanceof Error ? error : new Error(String(error)));
      this.#peerEnded = true;
      return;
    }
    if (state.decoder.done) state.body.end();
    if (rest.length > 0) this.#keep(rest);
  }

  async #exchange(head: RequestHead, state: Exchange): Promise<void> {
    const reply = await this.#handler(state.request);
    if (this.#state.kind === "closed") {
      if (reply.kind === "stream") await reply.body.cancel();
      return;
    }
    this.#streaming = reply.kind !== "full" && reply.kind !== "sized";
    const keepAlive = wantsKeepAlive(head) && !this.#peerEnded && !this.#last;
    const finished = await sendReply(reply, {
      request: state.request,
      minor: head.minor,
      // An unread body would have to be swallowed first: cheaper to close.
      keepAlive: keepAlive && state.decoder.done,
      writer: this.#writer,
      becomeRaw: () => this.#becomeRaw(),
    });
    if (finished === "keep-alive") this.#nextRequest();
    else this.#closeGently();
  }

  #nextRequest(): void {
    if (this.#state.kind === "closed") return;
    this.#state = { kind: "head" };
    this.#streaming = false;
    if (this.#peerEnded || this.#last) {
      this.#closeGently();
      return;
    }
    this.#socket.resume();
    if (this.#buffer.length > 0) this.#readHead();
  }

  #becomeRaw(): { input: ByteQueue; signal: AbortSignal } {
    const input = new ByteQueue(this.#flow);
    const gone = new AbortController();
    const closed = this.#state.kind === "closed";
    if (!closed) this.#state = { kind: "raw", input, gone };
    this.#socket.resume();
    input.push(this.#buffer);
    this.#buffer = Buffer.alloc(0);
    if (closed) gone.abort();
    if (this.#peerEnded || closed) input.end();
    return { input, signal: gone.signal };
  }

  #refuse(status: number, message: string): void {
    const reply = jsonReply(status, { message });
    this.#state = { kind: "closing" };
    this.#buffer = Buffer.alloc(0);
    sendReply(reply, { minor: 1, keepAlive: false, writer: this.#writer })
      .catch(() => {})
      .finally(() => this.#closeGently());
  }

  #closeGently(): void {
    const state = this.#state;
    if (state.kind === "closed") return;
    if (state.kind === "exchange") state.body.discard();
    if (state.kind === "raw") state.input.discard();
    this.#state = { kind: "closing" };
    this.#buffer = Buffer.alloc(0);
    this.#writer.shutdown();
    this.#socket.resume();
    if (this.#peerEnded) {
      this.#writer
        .flushed()
        .catch(() => {})
        .finally(() => this.#socket.end());
      return;
    }
    this.#linger = setTimeout(() => this.#socket.terminate(), lingerMs);
  }
}
