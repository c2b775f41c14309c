import type { AttachOptions, AttachStream, RunningProcess } from "../../runtime/runtime.ts";

/**
 * A client's end of a process that may not have been started yet: `docker run` attaches
 * before it starts. Reads and writes wait for `connect`; `fail` ends them.
 */
export class PendingStream {
  readonly options: AttachOptions;
  readonly output: ReadableStream<Uint8Array>;
  readonly #stream = Promise.withResolvers<AttachStream | undefined>();
  #reader: { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> } | undefined;
  #connected: AttachStream | undefined;
  #closed = false;

  constructor(options: AttachOptions) {
    this.options = options;
    this.output = new ReadableStream<Uint8Array>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.close() },
      { highWaterMark: 0 },
    );
  }

  get closed(): boolean {
    return this.#closed;
  }

  async connect(process: RunningProcess): Promise<void> {
    if (this.#closed) return;
    const stream = await process.attach(this.options);
    this.#connected = stream;
    if (this.#closed) stream.close();
    this.#stream.resolve(stream);
  }

  /** There will be no process: output ends, input goes nowhere. */
  fail(): void {
    this.#stream.resolve(undefined);
  }

  async write(stdin: Uint8Array): Promise<void> {
    const stream = await this.#stream.promise;
    await stream?.write(stdin);
  }

  closeStdin(): void {
    void this.#stream.promise.then((stream) => stream?.closeStdin());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connected?.close();
    this.#stream.resolve(undefined);
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const stream = await this.#stream.promise;
    if (!stream) return controller.close();
    this.#reader ??= stream.output.getReader();
    const { done, value } = await this.#reader.read();
    if (done || !value) controller.close();
    else controller.enqueue(value);
  }
}
