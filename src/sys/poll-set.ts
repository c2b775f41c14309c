import { bindLibc, checked, errno, errnoName, kernelError } from "./libc.ts";

const libc = bindLibc({
  epoll_create1: { args: ["i32"], returns: "i32" },
  epoll_ctl: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  epoll_wait: { args: ["i32", "ptr", "i32", "i32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
});

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 1;
const EPOLLOUT = 4;
const eventsAtOnce = 64;

/** `struct epoll_event` is packed on x86-64 alone. */
const eventSize = process.arch === "x64" ? 12 : 16;
const descriptorAt = eventSize === 12 ? 4 : 8;

/** Called when the descriptor can be read or written, or has failed: reading then tells how. */
export type ReadyHandler = () => void;

/**
 * Waits on many descriptors at once, in a process that does nothing else: `wait` blocks the
 * thread and calls what is ready, without a turn of the JavaScript event loop in between. An
 * answer to a datagram is so on its way in a fraction of the time, and sockets of any network
 * namespace can take part, which the event loop's own sockets cannot.
 */
export class PollSet implements Disposable {
  readonly #fd: number;
  readonly #handlers = new Map<number, ReadyHandler>();
  readonly #event = Buffer.alloc(eventSize);
  readonly #events = Buffer.alloc(eventSize * eventsAtOnce);
  readonly #failed: (error: unknown) => void;

  /** `failed` is told what a handler threw; the others go on. */
  constructor(failed: (error: unknown) => void) {
    this.#fd = checked("make a poll set", libc().epoll_create1(EPOLL_CLOEXEC));
    this.#failed = failed;
  }

  add(fd: number, handler: ReadyHandler, interest: "read" | "write" = "read"): void {
    this.#control(EPOLL_CTL_ADD, fd, interest === "read" ? EPOLLIN : EPOLLOUT);
    this.#handlers.set(fd, handler);
  }

  /** Waits for room to write as well, or no longer. */
  setWriting(fd: number, writing: boolean): void {
    this.#control(EPOLL_CTL_MOD, fd, writing ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }

  /** Before the descriptor is closed. */
  remove(fd: number): void {
    if (this.#handlers.delete(fd)) this.#control(EPOLL_CTL_DEL, fd, 0);
  }

  /** Blocks until something is ready or the time is over; -1 waits for ever. */
  wait(milliseconds: number): void {
    const count = libc().epoll_wait(this.#fd, this.#events, eventsAtOnce, milliseconds);
    if (count < 0) {
      const code = errno();
      if (errnoName(code) === "EINTR") return;
      throw kernelError("wait for sockets", code);
    }
    for (let index = 0; index < count; index++) {
      // Gone when a handler before it in this round closed it.
      const handler = this.#handlers.get(this.#events.readInt32LE(index * eventSize + descriptorAt));
      if (!handler) continue;
      try {
        handler();
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  [Symbol.dispose](): void {
    this.#handlers.clear();
    libc().close(this.#fd);
  }

  #control(operation: number, fd: number, events: number): void {
    this.#event.writeUInt32LE(events, 0);
    this.#event.writeInt32LE(fd, descriptorAt);
    checked("change a poll set", libc().epoll_ctl(this.#fd, operation, fd, this.#event));
  }
}
