import { EngineAnswer, EngineError, notImplemented, unavailable } from "../errors/engine-error.ts";
import { operationPaths } from "../protocol/generated/operation-paths.ts";
import type { Operations } from "../protocol/generated/types.ts";
import { type ApiVersion, negotiate } from "../protocol/versions.ts";
import { connectionFailure } from "./connection-failure.ts";
import type { EngineAddress } from "./engine-address.ts";
import { exchange, type Outgoing } from "./exchange.ts";
import { errorFromResponse } from "./from-response.ts";
import { type Hijacked, hijack } from "./hijack.ts";

export type OperationId = keyof Operations;

type BodyOf<Id extends OperationId> = Operations[Id] extends { body: infer Body } ? Body : never;

/** The JSON of a success; unknown where the API file describes none. */
export type ResultOf<Id extends OperationId> = Operations[Id]["responses"] extends { 200: infer Result }
  ? Result
  : Operations[Id]["responses"] extends { 201: infer Result }
    ? Result
    : unknown;

type Value = string | number | boolean | readonly string[] | undefined;
export type Query = Readonly<Record<string, Value>>;

export interface CallOptions<Id extends OperationId> {
  /** Values for `{id}` and `{name}` in the path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Query;
  readonly body?: BodyOf<Id>;
  /** Bytes instead of JSON: archives, tarballs. */
  readonly upload?: ReadableStream<Uint8Array> | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Talks to one engine, ours or Docker's, in the newest API version both know. */
export class EngineClient {
  readonly #engine: EngineAddress;
  readonly #headers: Readonly<Record<string, string>>;
  #version: Promise<ApiVersion> | undefined;

  /** `headers` go with every request: config.json has some. */
  constructor(engine: EngineAddress, version?: ApiVersion, headers: Readonly<Record<string, string>> = {}) {
    this.#engine = engine;
    this.#headers = headers;
    if (version !== undefined) this.#version = Promise.resolve(version);
  }

  get address(): EngineAddress {
    return this.#engine;
  }

  /** The version spoken; asks the engine on first use. */
  version(): Promise<ApiVersion> {
    this.#version ??= this.#ask().catch((error) => {
      this.#version = undefined;
      throw error;
    });
    return this.#version;
  }

  /** A call that answers with JSON, or with nothing. Throws the engine's error. */
  async call<Id extends OperationId>(id: Id, options: CallOptions<Id> = {}): Promise<ResultOf<Id>> {
    const response = await this.stream(id, options);
    const text = await response.text();
    return (text === "" ? undefined : JSON.parse(text)) as ResultOf<Id>;
  }

  /** A call whose answer is read as it comes: archives, logs, events. */
  async stream<Id extends OperationId>(id: Id, options: CallOptions<Id> = {}): Promise<Response> {
    const [method] = operationPaths[id];
    const target = await this.#target(id, options);
    const body = options.upload ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const response = await this.#fetch(target, {
      method,
      ...(body !== undefined && { body }),
      headers: {
        ...(options.body !== undefined && { "Content-Type": "application/json" }),
        ...options.headers,
      },
      ...(options.signal && { signal: options.signal }),
    });
    if (response.status >= 300) throw errorFromResponse(response.status, await response.text());
    return response;
  }

  /** A call that takes the connection over: attach and exec. */
  async hijack<Id extends OperationId>(id: Id, options: CallOptions<Id> = {}): Promise<Hijacked> {
    const [method] = operationPaths[id];
    const target = await this.#target(id, options);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    return this.#explain(() => hijack(this.#engine, method, target, body, options.signal, this.#headers));
  }

  /** A call that is not in Docker's API: only a Hull engine answers it. */
  async extension<Result = unknown>(
    method: string,
    path: string,
    options: { query?: Query; body?: unknown; signal?: AbortSignal } = {},
  ): Promise<Result> {
    const target = `/v${await this.version()}${path}${queryText(options.query)}`;
    const response = await this.#fetch(target, {
      method,
      ...(options.body !== undefined && {
        body: JSON.stringify(options.body),
        headers: { "Content-Type": "application/json" },
      }),
      ...(options.signal && { signal: options.signal }),
    });
    const text = await response.text();
    if (response.status >= 300) throw notHull(errorFromResponse(response.status, text), path);
    return (text === "" ? undefined : JSON.parse(text)) as Result;
  }

  /** The same with bytes: a body sent as it is, an answer read as it comes. */
  async streamExtension(
    method: string,
    path: string,
    options: { upload?: ReadableStream<Uint8Array> | Uint8Array; query?: Query; signal?: AbortSignal } = {},
  ): Promise<Response> {
    const target = `/v${await this.version()}${path}${queryText(options.query)}`;
    const response = await this.#fetch(target, {
      method,
      ...(options.upload && { body: options.upload }),
      ...(options.signal && { signal: options.signal }),
    });
    if (response.status >= 300)
      throw notHull(errorFromResponse(response.status, await response.text()), path);
    return response;
  }

  /** The same for a call that takes the connection over. */
  async hijackExtension(
    method: string,
    path: string,
    options: { query?: Query; signal?: AbortSignal } = {},
  ): Promise<Hijacked> {
    const target = `/v${await this.version()}${path}${queryText(options.query)}`;
    try {
      return await this.#explain(() =>
        hijack(this.#engine, method, target, undefined, options.signal, this.#headers),
      );
    } catch (error) {
      throw error instanceof EngineAnswer ? notHull(error, path) : error;
    }
  }

  async #ask(): Promise<ApiVersion> {
    const response = await this.#fetch("/_ping", { method: "HEAD" });
    return negotiate(response.headers.get("api-version") ?? "");
  }

  async #target<Id extends OperationId>(id: Id, options: CallOptions<Id>): Promise<string> {
    const [, path] = operationPaths[id];
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
      const value = options.params?.[name];
      if (value === undefined) throw new Error(`${id} needs the parameter "${name}"`);
      return encodeURIComponent(value);
    });
    return `/v${await this.version()}${filled}${queryText(options.query)}`;
  }

  #fetch(target: string, init: RequestInit): Promise<Response> {
    const { address, tls, via } = this.#engine;
    const headers = { ...this.#headers, ...(init.headers as Record<string, string> | undefined) };
    // Behind ssh every connection is a handshake: `fetch` keeps one open for the next call.
    if (!tls && !via) {
      const { method = "GET", body, signal } = init;
      return this.#explain(() =>
        exchange(this.#engine, {
          method,
          target,
          headers,
          body: (body ?? undefined) as Outgoing["body"],
          signal: signal ?? undefined,
        }),
      );
    }
    const host = address.kind === "unix" ? "engine" : urlHost(address);
    // It checks certificates too; a silent answer is no failure.
    return this.#explain(() =>
      fetch(`${tls ? "https" : "http"}://${host}${target}`, {
        ...init,
        headers,
        redirect: "manual",
        timeout: false,
        ...(address.kind === "unix" && { unix: address.path }),
        ...(tls && { tls }),
      }),
    );
  }

  /** A connection that fails is an unavailable engine, said in the words people search for. */
  async #explain<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof EngineError) throw error;
      if (error instanceof Error && error.name === "AbortError") throw error;
      throw unavailable(connectionFailure(error, this.#engine), error);
    }
  }
}

function urlHost({ host, port }: { host: string; port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function queryText(values: Query = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) query.append(name, String(item));
  }
  return query.size > 0 ? `?${query}` : "";
}

/** A stock Docker engine has no such page. */
function notHull(error: EngineError, path: string): EngineError {
  if (error.kind !== "not_found" || !error.message.startsWith("page not found")) return error;
  return notImplemented(`the engine is not Hull: it does not know ${JSON.stringify(path)}`, error);
}
