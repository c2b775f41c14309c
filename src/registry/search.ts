import { EngineError, internal, invalidArgument, messageOf } from "../errors/engine-error.ts";
import { basicAuthorization, type Credentials, redact } from "./auth/credentials.ts";
import { parseRegistryAddress } from "./auth/registry-address.ts";
import { type Answer, RegistryTransport, type TransportOptions } from "./auth/transport.ts";

export interface FoundRepository {
  readonly name: string;
  readonly description: string;
  readonly starCount: number;
  readonly isOfficial: boolean;
}

const usualLimit = 25;
const hubIndex = "https://index.docker.io/v1/";

/**
 * Asks the search of a registry, in the form of Docker Hub's first API, which is the only one
 * there is: `GET /v1/search?q=…&n=…`. A host in front of the term names the registry.
 */
export async function searchRepositories(
  term: string,
  limit: number,
  credentials: Credentials | undefined,
  options: TransportOptions,
  signal: AbortSignal,
): Promise<FoundRepository[]> {
  if (/^https?:\/\//i.test(term)) {
    throw invalidArgument(`invalid repository name: repository name (${term}) should not have a scheme`);
  }
  const count = limit === 0 ? usualLimit : limit;
  if (count < 1 || count > 100) throw invalidArgument(`limit ${count} is outside the range of [1, 100]`);
  const { host, words } = splitTerm(term);
  const transport = new RegistryTransport(options, signal);
  const index = host === undefined ? hubIndex : await indexOf(host, transport);
  const url = new URL("search", index);
  url.searchParams.set("q", words);
  url.searchParams.set("n", String(count));
  const authorization = credentials?.username ? { Authorization: basicAuthorization(credentials) } : {};
  const headers = { "X-Docker-Token": "true", ...authorization };
  const answer = await asked(url, () => transport.ask(url, { headers }), credentials);
  if (answer.status !== 200) throw internal(`Unexpected status code ${answer.status}`);
  return parseResults(answer.text);
}

/** `host.name/term` asks that host; everything else asks Docker Hub, where `library/x` is `x`. */
export function splitTerm(term: string): { host: string | undefined; words: string } {
  const slash = term.indexOf("/");
  const first = slash < 0 ? "" : term.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost";
  const host = isHost && !/^(index\.)?docker\.io$/.test(first) ? first : undefined;
  const words = isHost ? term.slice(slash + 1) : term;
  return { host, words: host === undefined ? words.replace(/^library\//, "") : words };
}

/** HTTPS first; plain HTTP only where a registry may be talked to so. */
async function indexOf(host: string, transport: RegistryTransport): Promise<string> {
  parseRegistryAddress(host);
  const secure = `https://${host}/v1/`;
  try {
    await transport.ask(new URL("_ping", secure));
    return secure;
  } catch (error) {
    if (await transport.isInsecure(host)) return `http://${host}/v1/`;
    throw invalidArgument(
      `invalid registry endpoint ${secure}: ${messageOf(error)}. If this private registry supports only HTTP or HTTPS with an unknown CA certificate, add \`--insecure-registry ${host}\` to the engine's arguments. In the case of HTTPS, if you have access to the registry's CA certificate, no need for the flag; simply place the CA certificate at /etc/docker/certs.d/${host}/ca.crt`,
      error,
    );
  }
}

/** Puts what was asked in front of what went wrong; no cause, it may hold what was sent. */
async function asked(
  url: URL,
  ask: () => Promise<Answer>,
  credentials: Credentials | undefined,
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === "cancelled") throw error;
    const why = credentials ? redact(error.message, credentials) : error.message;
    throw new EngineError(error.kind, `Get ${JSON.stringify(String(url))}: ${why}`);
  }
}

function parseResults(text: string): FoundRepository[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw internal("error decoding registry search results", error);
  }
  const results = isObject(json) && Array.isArray(json.results) ? json.results : [];
  return results.filter(isObject).map((result) => ({
    name: typeof result.name === "string" ? result.name : "",
    description: typeof result.description === "string" ? result.description : "",
    starCount: typeof result.star_count === "number" ? result.star_count : 0,
    isOfficial: result.is_official === true,
  }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
