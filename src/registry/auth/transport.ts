import { EngineError, internal } from "../../errors/engine-error.ts";
import { buildInfo } from "../../lib/build-info.ts";
import { describeFailure, isTlsProtocolFailure } from "./connection-failure.ts";
import { isInsecure, type Resolve } from "./insecure-registries.ts";
import { parseRegistryAddress } from "./registry-address.ts";
import { registryCertificates } from "./registry-certificates.ts";

export interface TransportOptions {
  /** Read where it is used: an engine reloads its settings. */
  readonly insecureRegistries: readonly string[];
  readonly timeoutMs?: number;
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

const defaultTimeoutMs = 15_000;
/** Answers of token servers and of `/v2/` are small; more is a mistake or an attack. */
const longestAnswer = 1024 * 1024;
const mostRedirects = 10;

/** No HTTP answer came; nothing that was sent can have been judged. */
export class NotReached extends EngineError {
  constructor(message: string, cause: unknown) {
    super("internal", message, cause);
    this.name = "NotReached";
  }
}

/** Small requests to registries and their token servers, each with its trust settled before. */
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

  /** Follows redirects itself: credentials never leave the origin they are meant for. */
  async ask(url: URL, request: Ask = {}): Promise<Answer> {
    let target = url;
    let { headers = {} } = request;
    for (let hops = 0; hops < mostRedirects; hops++) {
      const answer = await this.#askOnce(target, { ...request, headers });
      const location = answer.headers.get("location");
      if (![301, 302, 303, 307, 308].includes(answer.status) || !location || request.form) return answer;
      const next = URL.canParse(location, target.href) ? new URL(location, target) : undefined;
      if (!next || !/^https?:$/.test(next.protocol)) {
        throw internal(`unsupported redirect to ${JSON.stringify(location)}`);
      }
      if (next.origin !== target.origin) headers = withoutAuthorization(headers);
      target = next;
    }
    throw internal(`stopped after ${mostRedirects} redirects`);
  }

  async #askOnce(url: URL, { method = "GET", headers = {}, form }: Ask): Promise<Answer> {
    const tls = url.protocol === "https:" ? await this.#tls(url.host) : undefined;
    const timeout = AbortSignal.timeout(this.#options.timeoutMs ?? defaultTimeoutMs);
    const init = {
      method,
      headers: { "User-Agent": `hull/${buildInfo.version}`, ...headers },
      redirect: "manual",
      keepalive: false,
      signal: AbortSignal.any([this.#signal, timeout]),
      ...(form && { body: form }),
      ...(tls && { tls }),
    } satisfies BunFetchRequestInit;
    try {
      const response = await fetch(url, init);
      return { status: response.status, headers: response.headers, text: await readText(response) };
    } catch (error) {
      if (this.#signal.aborted) throw new EngineError("cancelled", "context canceled", error);
      if (error instanceof EngineError) throw error;
      const plain =
        isTlsProtocolFailure(error) &&
        !(await this.isInsecure(url.host)) &&
        (await this.#speaksPlainHttp(url));
      const why = plain ? "http: server gave HTTP response to HTTPS client" : describeFailure(error, url);
      throw new NotReached(why, error);
    }
  }

  async #tls(host: string) {
    const { ca, cert, key } = registryCertificates(host, this.#options.certificateDirectories);
    const rejectUnauthorized = !(await this.isInsecure(host));
    return { ca: [...ca], rejectUnauthorized, ...(cert && key && { cert: [...cert], key: [...key] }) };
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

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > longestAnswer) throw internal("the answer is too long");
  }
  return text + decoder.decode();
}
