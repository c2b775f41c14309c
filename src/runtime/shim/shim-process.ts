import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectUnix, type UnixSocket } from "../../sys/unix-socket.ts";
import type { AttachOptions, AttachStream, ExitStatus, RunningProcess } from "../runtime.ts";
import { openAttach } from "./attach.ts";
import * as messages from "./messages.ts";

/** Written by the shim, `native/shim.c`, at the end of its process. */
export const exitFileName = "exit";

/** Tells why a runtime refused to start a process, from what it left in the state directory. */
export type ExplainFailure = (directory: string, runtimeCode: number) => { error: Error; exitCode: number };

/**
 * A process behind a shim, seen through the shim's control connection; or, when the
 * shim has ended already, through the exit file it left.
 */
export class ShimProcess implements RunningProcess {
  readonly directory: string;
  readonly started: Promise<void>;
  readonly exited: Promise<ExitStatus>;
  #started = Promise.withResolvers<void>();
  #exited = Promise.withResolvers<ExitStatus>();
  #explain: ExplainFailure;
  #pid = 0;
  #control: UnixSocket | undefined;
  #text = "";
  #finished = false;

  protected constructor(directory: string, explain: ExplainFailure) {
    this.directory = directory;
    this.#explain = explain;
    this.started = this.#started.promise;
    this.exited = this.#exited.promise;
    /* Who does not wait for the start must not be killed by its failure. */
    this.started.catch(() => undefined);
  }

  /** Undefined when there is no trace of a process in the directory. */
  static async open(directory: string, explain: ExplainFailure): Promise<ShimProcess | undefined> {
    const process = new ShimProcess(directory, explain);
    return (await process.connect()) ? process : undefined;
  }

  get pid(): number {
    return this.#pid;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** False: neither a shim listens nor has one left word. */
  protected async connect(): Promise<boolean> {
    try {
      this.#control = await connectUnix(this.directory, "attach.sock", {
        data: (bytes) => this.#receive(bytes),
        drain: () => undefined,
        close: () => this.#lost(),
      });
      this.#control.write(messages.hello(messages.attachFlags.control));
      return true;
    } catch {
      const state = this.#exitFile();
      if (state) this.#enter(state);
      return state !== undefined;
    }
  }

  #exitFile(): messages.ShimState | undefined {
    try {
      return messages.parseState(readFileSync(join(this.directory, exitFileName), "utf8"));
    } catch {
      return undefined;
    }
  }

  #receive(bytes: Uint8Array): void {
    this.#text += Buffer.from(bytes).toString("latin1");
    for (let end = this.#text.indexOf("\n"); end >= 0; end = this.#text.indexOf("\n")) {
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      /* The first line begins with the greeting's `A`. */
      const state = messages.parseState(line.startsWith("A") ? line.slice(1) : line);
      if (state) this.#enter(state);
    }
  }

  #enter(state: messages.ShimState): void {
    if (this.#finished) return;
    switch (state.kind) {
      case "starting":
        return;
      case "started":
        this.#pid = state.pid;
        this.#started.resolve();
        return;
      case "failed": {
        const { error, exitCode } = this.#explain(this.directory, state.runtimeCode);
        this.#finished = true;
        this.#started.reject(error);
        this.#settle({ code: exitCode, oomKilled: false, finishedAt: now() });
        return;
      }
      case "exited":
        this.#finished = true;
        this.#started.resolve();
        this.#settle({
          code: state.code,
          ...(state.signal > 0 ? { signal: state.signal } : {}),
          oomKilled: state.oomKilled,
          finishedAt: state.finishedAt,
        });
        return;
      default:
        state satisfies never;
    }
  }

  #settle(status: ExitStatus): void {
    this.#exited.resolve(status);
    this.#control?.end();
  }

  /** The control connection ended: the exit file has the rest, or the shim was killed and nobody knows. */
  #lost(): void {
    if (this.#finished) return;
    const state = this.#exitFile();
    if (state) {
      this.#enter(state);
      return;
    }
    this.#finished = true;
    this.#started.resolve();
    this.#settle({ code: 255, oomKilled: false, finishedAt: now() });
  }

  /** A process that has ended gives a stream that has ended. */
  async attach(options: AttachOptions): Promise<AttachStream> {
    try {
      return await openAttach(this.directory, options);
    } catch (error) {
      /* The shim went while we came: its control connection says so, now or in a moment. */
      if (!this.#finished) await Promise.race([this.exited, Bun.sleep(1000)]);
      if (!this.#finished) throw error;
      return endedStream();
    }
  }

  async resize(height: number, width: number): Promise<void> {
    this.#control?.write(messages.resize(height, width));
  }

  signal(signal: number): void {
    if (!this.#finished) this.#control?.write(messages.signal(signal));
  }
}

function endedStream(): AttachStream {
  return {
    output: new ReadableStream<Uint8Array>({ start: (controller) => controller.close() }),
    write: async () => undefined,
    closeStdin: () => undefined,
    close: () => undefined,
  };
}

const now = () => new Date().toISOString().replace("Z", "000000Z");
