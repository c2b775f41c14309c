import { EngineError, messageOf } from "../../errors/engine-error.ts";
import type { Credentials } from "../auth/credentials.ts";
import { NotReached, type RegistryReply } from "../auth/reply.ts";
import { RegistryTransport, type Sending, type TransportOptions } from "../auth/transport.ts";
import { Authorizer } from "./authorizer.ts";
import type { Endpoint } from "./endpoint.ts";
import { type RetryPolicy, usualRetries } from "./retry.ts";
import { unlessAborted } from "./unless-aborted.ts";

export interface RegistryAccess extends TransportOptions {
  readonly credentials: Credentials | undefined;
  readonly retries?: RetryPolicy;
}

export interface SessionRequest extends Sending {
  /** What the token has to allow: `repository:library/busybox:pull`. */
  readonly scopes: readonly string[];
  /** The body again, for the second try when the first was only a question for credentials. */
  readonly freshBody?: () => ReadableStream<Uint8Array>;
}

/**
 * One registry with its scheme found out and its challenge known:
 *
 * GET /v2/ ─▶ 401 + challenge ─▶ token server ─▶ request + Authorization ─▶ answer
 *                                                (401 once more: a new token, the request again)
 */
export class RegistrySession {
  readonly endpoint: Endpoint;
  readonly retries: RetryPolicy;
  readonly #access: RegistryAccess;
  readonly #authorizer: Authorizer;
  #base: Promise<URL> | undefined;

  constructor(endpoint: Endpoint, access: RegistryAccess) {
    this.endpoint = endpoint;
    this.retries = access.retries ?? usualRetries;
    this.#access = access;
    const credentials = endpoint.isMirror ? undefined : access.credentials;
    this.#authorizer = new Authorizer(credentials, access, this.retries);
  }

  /** An address below `/v2/`. */
  async url(path: string, signal: AbortSignal): Promise<URL> {
    return new URL(path, await this.#reached(signal));
  }

  /** Whatever the registry answers is given back; only that it cannot be had throws. */
  async send(url: URL, request: SessionRequest, signal: AbortSignal): Promise<RegistryReply> {
    const base = await this.#reached(signal);
    const { scopes, freshBody, ...rest } = request;
    const { timeoutMs } = this.#access;
    const sending = { ...rest, ...(timeoutMs !== undefined && { timeoutMs }) };
    return this.explained(sending.method ?? "GET", url, async () => {
      const transport = new RegistryTransport(this.#access, signal);
      const isOwn = url.origin === base.origin;
      const shown = isOwn ? await this.#authorizer.authorization(scopes, signal) : undefined;
      const reply = await transport.send(url, authorized(sending, shown, freshBody));
      if (reply.status !== 401 || reply.url.origin !== base.origin || !isOwn) return reply;
      this.#authorizer.challenged(reply.headers.get("www-authenticate"));
      this.#authorizer.forget(scopes);
      // A password that was shown will not become right; a token may have run out.
      if (shown?.startsWith("Basic ")) return reply;
      if (sending.body instanceof ReadableStream && !freshBody) return reply;
      const again = await this.#authorizer.authorization(scopes, signal);
      if (again === undefined || again === shown) return reply;
      reply.discard();
      return await transport.send(url, authorized(sending, again, freshBody));
    });
  }

  /** Puts what was asked in front of what went wrong, and takes every secret out of it. */
  async explained<T>(method: string, url: URL, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind === "cancelled") throw error;
      const verb = method.charAt(0) + method.slice(1).toLowerCase();
      const where = JSON.stringify(`${url.origin}${url.pathname}`);
      const message = `${verb} ${where}: ${this.redact(messageOf(error))}`;
      // The cause is left out on purpose: it may hold what was sent.
      throw error instanceof NotReached
        ? new NotReached(message, undefined)
        : new EngineError(error.kind, message);
    }
  }

  redact(text: string): string {
    return this.#authorizer.redact(text);
  }

  /** A failed first contact is not remembered: the registry may be back for the next request. */
  async #reached(signal: AbortSignal): Promise<URL> {
    if (!this.#base) {
      const reached = this.#reach(new AbortController().signal);
      this.#base = reached;
      reached.catch(() => {
        this.#base = undefined;
      });
    }
    return await unlessAborted(this.#base, signal);
  }

  /** HTTPS first; plain HTTP only where it may be, and only when nothing speaks HTTPS there. */
  async #reach(signal: AbortSignal): Promise<URL> {
    const { host, prefix, schemes, isMirror } = this.endpoint;
    const transport = new RegistryTransport(this.#access, signal);
    for (const [index, scheme] of schemes.entries()) {
      const base = new URL(`${scheme}://${host}${prefix}/v2/`);
      try {
        const reply = await this.explained("GET", base, () => transport.send(base));
        if (reply.status === 401) this.#authorizer.challenged(reply.headers.get("www-authenticate"));
        reply.discard();
        return base;
      } catch (error) {
        const last = index === schemes.length - 1;
        const mayGoOn = error instanceof NotReached && !isMirror && !last;
        if (!mayGoOn || !(await transport.isInsecure(host))) throw firstContact(error);
      }
    }
    throw new EngineError("internal", `no way to talk to ${JSON.stringify(host)}`);
  }
}

/** Where nobody answered yet, waiting for somebody is the caller's decision: not to be tried again. */
function firstContact(error: unknown): unknown {
  return error instanceof NotReached ? new EngineError("internal", error.message) : error;
}

function authorized(
  { headers = {}, ...sending }: Sending,
  authorization: string | undefined,
  freshBody: (() => ReadableStream<Uint8Array>) | undefined,
): Sending {
  return {
    ...sending,
    headers: { ...headers, ...(authorization !== undefined && { Authorization: authorization }) },
    ...(freshBody && { body: freshBody() }),
  };
}
