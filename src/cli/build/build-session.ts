import type { EngineClient } from "../../client/engine-client.ts";
import type { Hijacked } from "../../client/hijack.ts";
import { EngineError, internal, isKind } from "../../errors/engine-error.ts";

/** What this client lends to one build; the engine drops all of it when the connection ends. */
export class BuildSession implements Disposable {
  readonly id: string;
  readonly #engine: EngineClient;
  readonly #connection: Hijacked;

  private constructor(engine: EngineClient, connection: Hijacked, id: string) {
    this.#engine = engine;
    this.#connection = connection;
    this.id = id;
  }

  /** Undefined: the engine is not Hull. */
  static async open(engine: EngineClient, signal: AbortSignal): Promise<BuildSession | undefined> {
    let connection: Hijacked;
    try {
      connection = await engine.hijackExtension("POST", "/build/sessions", { signal });
    } catch (error) {
      // A stock engine reads it as an image's name, or does not know it at all.
      if (isKind(error, "not_implemented") || isKind(error, "not_found")) return undefined;
      throw error;
    }
    return new BuildSession(engine, connection, await firstLine(connection));
  }

  path(rest: string): string {
    return `/build/sessions/${this.id}/${rest}`;
  }

  async sendFiles(
    name: string,
    tar: ReadableStream<Uint8Array> | Uint8Array,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#engine.streamExtension("PUT", this.path(`files/${encodeURIComponent(name)}`), {
      upload: tar,
      signal,
    });
  }

  /** A tar. */
  async fetchFiles(name: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return await this.#body("GET", `files/${encodeURIComponent(name)}`, signal);
  }

  async sendSecret(id: string, value: Uint8Array, signal: AbortSignal): Promise<void> {
    const path = this.path(`secrets/${encodeURIComponent(id)}`);
    await this.#engine.streamExtension("PUT", path, { upload: value, signal });
  }

  /** Waits until the build writes it. */
  async fetchOutput(name: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return await this.#body("GET", `outputs/${encodeURIComponent(name)}`, signal);
  }

  async #body(method: string, rest: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.#engine.streamExtension(method, this.path(rest), { signal });
    if (!body) throw internal(`the engine answered ${rest} with nothing`);
    return body;
  }

  hijack(rest: string, query: Record<string, number>, signal: AbortSignal): Promise<Hijacked> {
    return this.#engine.hijackExtension("POST", this.path(rest), { query, signal });
  }

  async resizeShell(rows: number, columns: number): Promise<void> {
    await this.#engine.extension("POST", this.path("shell/resize"), { query: { h: rows, w: columns } });
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

async function firstLine(connection: Hijacked): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const reader = connection.input.getReader();
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw internal("the engine ended the build session at once");
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  try {
    const { ID: id } = JSON.parse(text) as { ID?: unknown };
    if (typeof id === "string") return id;
  } catch {
    // Said below.
  }
  throw new EngineError("internal", "the engine's build session has no id");
}
