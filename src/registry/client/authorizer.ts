import { internal } from "../../errors/engine-error.ts";
import { requestToken } from "../auth/bearer-token.ts";
import { type Challenge, parseChallenges } from "../auth/challenge.ts";
import { basicAuthorization, type Credentials, redact } from "../auth/credentials.ts";
import { RegistryTransport, type TransportOptions } from "../auth/transport.ts";
import { type RetryPolicy, retrying } from "./retry.ts";
import { unlessAborted } from "./unless-aborted.ts";

interface Token {
  readonly value: string;
  readonly staleAt: number;
}

export const noCredentials = "no basic auth credentials";

const nobody: Credentials = { username: "", password: "", identityToken: "" };
/** A token is not shown in its last moments: the request takes time too. */
const safetyMs = 5000;

/** Turns challenges of one registry into Authorization headers; remembers tokens per scope. */
export class Authorizer {
  readonly #credentials: Credentials;
  readonly #options: TransportOptions;
  readonly #retries: RetryPolicy;
  readonly #tokens = new Map<string, Promise<Token>>();
  readonly #shown = new Set<string>();
  #challenge: Challenge | undefined;

  constructor(credentials: Credentials | undefined, options: TransportOptions, retries: RetryPolicy) {
    this.#credentials = credentials ?? nobody;
    this.#options = options;
    this.#retries = retries;
  }

  /** Takes note of what the registry asks for. */
  challenged(header: string | null): void {
    if (header === null || header === "") return;
    // In the server's order, as Docker takes them.
    this.#challenge = parseChallenges(header).find(({ scheme }) => scheme !== "other") ?? this.#challenge;
  }

  /** Undefined when the registry wants nothing, or nothing there is an answer to. */
  async authorization(scopes: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    const { registryToken } = this.#credentials;
    if (registryToken) return `Bearer ${registryToken}`;
    const challenge = this.#challenge;
    switch (challenge?.scheme) {
      case "basic":
        if (this.#credentials.username === "" || this.#credentials.password === "") {
          throw internal(noCredentials);
        }
        return basicAuthorization(this.#credentials);
      case "bearer":
        return `Bearer ${await this.#token(challenge, scopes, signal)}`;
      default:
        return undefined;
    }
  }

  /** The token was refused: the next request gets a new one. */
  forget(scopes: readonly string[]): void {
    this.#tokens.delete(scopes.join(" "));
  }

  /** A sentence without secrets: servers may send back what they were sent. */
  redact(text: string): string {
    let clean = redact(text, this.#credentials);
    for (const token of this.#shown) clean = clean.replaceAll(token, "xxxxx");
    return clean;
  }

  async #token(
    challenge: Extract<Challenge, { scheme: "bearer" }>,
    scopes: readonly string[],
    signal: AbortSignal,
  ): Promise<string> {
    const key = scopes.join(" ");
    const known = await this.#tokens.get(key)?.catch(() => undefined);
    if (known && known.staleAt > Date.now()) return known.value;
    const fresh = this.#request({ ...challenge, scopes: [...scopes] });
    this.#tokens.set(key, fresh);
    fresh.catch(() => {
      if (this.#tokens.get(key) === fresh) this.#tokens.delete(key);
    });
    return (await unlessAborted(fresh, signal)).value;
  }

  /** Shared by all who wait for it, so that one of them leaving ends it for none. */
  async #request(challenge: Extract<Challenge, { scheme: "bearer" }>): Promise<Token> {
    const { signal } = new AbortController();
    const transport = new RegistryTransport(this.#options, signal);
    const { token, expiresIn } = await retrying(this.#retries, signal, () =>
      requestToken(challenge, this.#credentials, transport),
    );
    this.#shown.add(token);
    return { value: token, staleAt: Date.now() + expiresIn * 1000 - safetyMs };
  }
}
