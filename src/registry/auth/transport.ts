import { cancelled, EngineError, internal } from "../../errors/engine-error.ts";
import { buildInfo } from "../../lib/build-info.ts";
import { describeFailure, isTlsProtocolFailure } from "./connection-failure.ts";
import { isInsecure, type Resolve } from "./insecure-registries.ts";
import { parseRegistryAddress } from "./registry-address.ts";
import { registryCertificates } from "./registry-certificates.ts";
import { NotReached, RegistryReply } from "./reply.ts";

export interface TransportOptions {
  /** Read where it is used: an engine reloads its settings. */
  readonly insecureRegistries: readonly string[];
  readonly timeoutMs?: number;
  /** How long a body may stand still. */
  readonly stallMs?: number;
  readonly certificateDirectories?: readonly string[];
  readonly resolve?: Resolve;
}

export interface Ask {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: URLSearchParams;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Sending {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | URLSearchParams;
  /** For the head of the answer; a body has to keep flowing, however long it is. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 15_000;
/** Answers of token servers and of `/v2/` are small; more is a mistake or an attack. */
const longestAnswer = 1024 * 1024;
const mostRedirects = 10;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Requests to registries and their token servers, each with its trust settled before. */
export class RegistryTransport {
  readonly #options: TransportOptions;
  readonly #signal: AbortSignal;

  constructor(options: TransportOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  isInsecure(host: string): Promise<boolean> {
    const { insecureRegistries, resolve } = this.#options;
    return isInsecure(parseRegistryAddress(host), insecureRegistries, resolve);
  }

  /** A small question: the whole answer has to come in time. */
  async ask(url: URL, { form, ...request }: Ask = {}): Promise<Answer> {
    const timeoutMs = this.#options.timeoutMs ?? defaultTimeoutMs;
    const reply = await this.send(url, { ...request, ...(form && { body: form }), timeoutMs });
    const late = setTimeout(() => reply.abandon(new DOMException("late", "TimeoutError")), timeoutMs);
    try {
      return { status: reply.status, headers: reply.headers, text: await reply.text(longestAnswer) };
    } finally {
      clearTimeout(late);
    }
  }

  /**
   * One request; its answer's body is still to be read. Redirects of requests without a body
   * are followed here: credentials never leave the origin they are meant for.
   */
  async send(url: URL, request: Sending = {}): Promise<RegistryReply> {
    let target = url;
    let { headers = {} } = request;
    const follows = request.body === undefined && ["GET", "HEAD"].includes(request.method ?? "GET");
    for (let hops = 0; hops < mostRedirects; hops++) {
      const reply = await this.#sendOnce(target, url, { ...request, headers });
      const location = reply.headers.get("location");
      if (!redirects.has(reply.status) || !location || !follows) return reply;
      reply.discard();
      const next = await this.#redirected(location, target);
      if (next.origin !== target.origin) headers = withoutAuthorization(headers);
      target = next;
    }
    throw internal(`stopped after ${mostRedirects} redirects`);
  }

  async #redirected(location: string, from: URL): Promise<URL> {
    const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    if (!next || !/^https?:$/.test(next.protocol)) {
      // Without the query: there may be a signature in it.
      throw internal(`unsupported redirect to ${JSON.stringify(location.replace(/[?#].*$/s, ""))}`);
    }
    const downgraded = from.protocol === "https:" && next.protocol === "http:";
    if (downgraded && !(await this.isInsecure(next.host))) {
      throw internal(`refusing a redirect from https to plain http at ${JSON.stringify(next.host)}`);
    }
    return next;
  }

  async #sendOnce(url: URL, first: URL, request: Sending): Promise<RegistryReply> {
    const { method = "GET", headers = {}, body, timeoutMs } = request;
    const tls = url.protocol === "https:" ? await this.#tls(url.host, first.host) : undefined;
    const control = new AbortController();
    const late = setTimeout(
      () => control.abort(new DOMException("late", "TimeoutError")),
      timeoutMs ?? this.#options.timeoutMs ?? defaultTimeoutMs,
    );
    const init = {
      method,
      // Bytes are verified as they are: nothing on the way may compress them again.
      headers: {
        "User-Agent": `hull/${buildInfo.version}`,
        "Accept-Encoding": "identity",
        ...headers,
      },
      redirect: "manual",
      keepalive: false,
      decompress: false,
      timeout: false,
      signal: AbortSignal.any([this.#signal, control.signal]),
      ...(body && { body }),
      ...(tls && { tls }),
    } satisfies BunFetchRequestInit;
    try {
      if (this.#signal.aborted) throw this.#signal.reason;
      const response = await fetch(url, init);
      return new RegistryReply(response, url, control, this.#signal, this.#options.stallMs);
    } catch (error) {
      throw await this.#failure(error, url);
    } finally {
      clearTimeout(late);
    }
  }

  async #failure(error: unknown, url: URL): Promise<unknown> {
    if (this.#signal.aborted) return cancelled("context canceled", error);
    if (error instanceof EngineError) return error;
    const plain =
      isTlsProtocolFailure(error) && !(await this.isInsecure(url.host)) && (await this.#speaksPlainHttp(url));
    const why = plain ? "http: server gave HTTP response to HTTPS client" : describeFailure(error, url);
    return new NotReached(why, error);
  }

  /** What is trusted for the registry itself is for where it redirects to, as with Docker. */
  async #tls(host: string, first: string) {
    const directories = this.#options.certificateDirectories;
    const { ca, cert, key } = registryCertificates(host, directories);
    const more = host === first ? [] : registryCertificates(first, directories).ca;
    const rejectUnauthorized = !(await this.isInsecure(host));
    return {
      ca: [...new Set([...ca, ...more])],
      rejectUnauthorized,
      ...(cert && key && { cert: [...cert], key: [...key] }),
    };
  }

  /** Only to explain a failed handshake: asks nothing and sends no secret. */
  async #speaksPlainHttp(url: URL): Promise<boolean> {
    try {
      const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(2000)]);
      const plain = `http://${url.hostname}:${url.port || 443}/`;
      const response = await fetch(plain, { redirect: "manual", keepalive: false, signal });
      await response.body?.cancel();
      return true;
    } catch {
      return false;
    }
  }
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "Authorization"));
}
