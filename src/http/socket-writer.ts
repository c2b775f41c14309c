import { brokenOff } from "./byte-queue.ts";

/** What is needed of a Bun socket to write to it. */
export interface WritableSocket {
  /** Bytes the kernel took; negative when the connection is gone. */
  write(bytes: Uint8Array): number;
  shutdown(halfClose?: boolean): void;
}

/**
 * Ordered writes with back-pressure. What the kernel did not take waits here until
 * `drained` is called; writers that respect the returned promise never queue more than
 * one chunk.
 */
export class SocketWriter {
  readonly #socket: WritableSocket;
  readonly #queue: Uint8Array[] = [];
  #waiters: { resolve(): void; reject(error: Error): void }[] = [];
  #closed = false;
  #shutWhenEmpty = false;

  constructor(socket: WritableSocket) {
    this.#socket = socket;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The kernel has not taken everything yet. */
  get waiting(): boolean {
    return this.#queue.length > 0;
  }

  /** Undefined when the kernel took everything, else a promise to await before the next write. */
  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#closed || this.#shutWhenEmpty) return Promise.reject(brokenOff());
    if (bytes.length === 0) return undefined;
    if (this.#queue.length === 0) {
      const taken = this.#socket.write(bytes);
      if (taken < 0) {
        this.close();
        return Promise.reject(brokenOff());
      }
      if (taken >= bytes.length) return undefined;
      this.#queue.push(bytes.subarray(taken));
    } else {
      this.#queue.push(bytes);
    }
    return this.flushed();
  }

  /** Resolves when nothing waits any more. */
  flushed(): Promise<void> {
    if (this.#closed) return Promise.reject(brokenOff());
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** The kernel has room again. */
  drained(): void {
    while (this.#queue.length > 0) {
      const bytes = this.#queue[0];
      if (!bytes) break;
      const taken = this.#socket.write(bytes);
      if (taken < 0) {
        this.close();
        return;
      }
      if (taken < bytes.length) {
        this.#queue[0] = bytes.subarray(taken);
        return;
      }
      this.#queue.shift();
    }
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve();
    if (this.#shutWhenEmpty) this.#socket.shutdown();
  }

  /** Half-closes our side after everything written has gone out. */
  shutdown(): void {
    if (this.#shutWhenEmpty || this.#closed) return;
    this.#shutWhenEmpty = true;
    if (this.#queue.length === 0) this.#socket.shutdown();
  }

  /** The connection is gone: whoever waits learns it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.length = 0;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(brokenOff());
  }
}
