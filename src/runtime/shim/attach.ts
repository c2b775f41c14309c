import { existsSync } from "node:fs";
import { cancelled, conflict } from "../../errors/engine-error.ts";
import { connectUnix, type UnixSocket } from "../../sys/unix-socket.ts";
import type { AttachOptions, AttachStream } from "../runtime.ts";
import { attachFlags, goodbye, hello, stdinData, stdinEnd } from "./messages.ts";

const readAhead = 256 * 1024;
const largestFrame = 64 * 1024;
/** A process that takes no input must not keep a connection for ever whose user has left. */
const goodbyeMs = 10_000;

/** Opens a stream through a shim. Resolves once the shim counts it, so nothing said later is missed. */
// trail: exec -it
export async function openAttach(directory: string, wish: AttachOptions): Promise<AttachStream> {
  const flags =
    (wish.stdin ? attachFlags.stdin : 0) |
    (wish.stdout ? attachFlags.stdout : 0) |
    (wish.stderr ? attachFlags.stderr : 0);
  const stream = new ShimStream();
  await stream.open(directory, flags);
  return stream;
}

class ShimStream implements AttachStream {
  readonly output: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #socket: UnixSocket | undefined;
  #greeted = Promise.withResolvers<void>();
  #wasGreeted = false;
  #over = false;
  #closing = false;
  #paused = false;
  #writes: Promise<void> = Promise.resolve();
  #room: (() => void) | undefined;

  constructor() {
    this.output = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#setPaused(false),
        cancel: () => this.close(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: readAhead }),
    );
  }

  async open(directory: string, flags: number): Promise<void> {
    const events = {
      data: (bytes: Uint8Array) => this.#receive(bytes),
      drain: () => this.#room?.(),
      close: () => this.#ended(),
    };
    try {
      this.#socket = await connectUnix(directory, "attach.sock", events);
    } catch (error) {
      // The container was removed in the meantime, and the shim's folder with it.
      if (existsSync(directory)) throw error;
      throw conflict("the process has ended, and its container was removed", error);
    }
    await this.#enqueue(hello(flags));
    await this.#greeted.promise;
  }

  #receive(bytes: Uint8Array): void {
    let output = bytes;
    if (!this.#wasGreeted) {
      this.#wasGreeted = true;
      this.#greeted.resolve();
      output = bytes.subarray(1);
    }
    if (output.length === 0 || this.#over || !this.#controller) return;
    this.#controller.enqueue(output);
    if ((this.#controller.desiredSize ?? 0) <= 0) this.#setPaused(true);
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused || !this.#socket || this.#over) return;
    this.#paused = paused;
    if (paused) this.#socket.pause();
    else this.#socket.resume();
  }

  #ended(): void {
    if (this.#over) return;
    this.#over = true;
    this.#greeted.reject(cancelled("the process ended while attaching to it"));
    this.#room?.();
    try {
      this.#controller?.close();
    } catch {
      /* the reader had cancelled it */
    }
  }

  /** Frames go out whole and in order. */
  #enqueue(bytes: Uint8Array): Promise<void> {
    this.#writes = this.#writes.then(() => this.#send(bytes));
    return this.#writes;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0 && !this.#over && this.#socket) {
      const written = this.#socket.write(rest);
      if (written < 0) return;
      rest = rest.subarray(written);
      if (rest.length === 0) return;
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
      this.#room = undefined;
    }
  }

  async write(stdin: Uint8Array): Promise<void> {
    for (let at = 0; at < stdin.length; at += largestFrame) {
      if (this.#closing) return;
      await this.#enqueue(stdinData(stdin.subarray(at, at + largestFrame)));
    }
  }

  closeStdin(): void {
    if (!this.#closing) void this.#enqueue(stdinEnd());
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    const end = () => {
      clearTimeout(timer);
      this.#ended();
      this.#socket?.end();
    };
    const timer = setTimeout(end, goodbyeMs);
    timer.unref();
    this.#setPaused(false);
    void this.#enqueue(goodbye()).then(end);
  }
}
