import { EngineError, type ErrorKind } from "../../errors/engine-error.ts";
import { parseChallenges } from "../auth/challenge.ts";
import { NotReached, type RegistryReply } from "../auth/reply.ts";
import { entryOf, readErrorAnswer } from "../auth/token-errors.ts";

/** A registry understood what was asked and said no. */
export class RegistryRefusal extends EngineError {
  readonly status: number;
  /** Codes of the distribution specification, `MANIFEST_UNKNOWN` for example; perhaps none. */
  readonly codes: readonly string[];
  /** How long it wants to be left alone before the next try. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, message: string, codes: readonly string[] = [], retryAfterMs?: number) {
    super(kindOf(status), message);
    this.name = "RegistryRefusal";
    this.status = status;
    this.codes = codes;
    this.retryAfterMs = retryAfterMs;
  }
}

function kindOf(status: number): ErrorKind {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 429:
    case 503:
      return "unavailable";
    default:
      return "internal";
  }
}

const longestErrorAnswer = 64 * 1024;

/** Reads an answer that is no success into what is to be thrown. */
export async function refusalOf(reply: RegistryReply): Promise<RegistryRefusal> {
  const text = await reply.text(longestErrorAnswer).catch(() => "");
  const read = readErrorAnswer(reply.status, text);
  const fromToken = tokenComplaint(reply);
  const entries = fromToken ? [fromToken, ...read.entries] : read.entries;
  // A token that lacks a scope is how registries say "denied" without giving away what exists.
  const sentence = fromToken ? fromToken.sentence : read.sentence;
  const codes = entries.map(({ code }) => code);
  return new RegistryRefusal(reply.status, sentence, codes, retryAfter(reply.headers));
}

function tokenComplaint({ status, headers }: RegistryReply) {
  if (status !== 401) return undefined;
  let challenges: ReturnType<typeof parseChallenges>;
  try {
    challenges = parseChallenges(headers.get("www-authenticate") ?? "");
  } catch {
    return undefined;
  }
  for (const challenge of challenges) {
    if (challenge.scheme !== "bearer" || !challenge.error) continue;
    const code = codesOfTokenErrors[challenge.error.code];
    if (code) return entryOf({ code, message: challenge.error.description });
  }
  return undefined;
}

const codesOfTokenErrors: Readonly<Record<string, string>> = {
  invalid_token: "UNAUTHORIZED",
  insufficient_scope: "DENIED",
};

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Whether the same request may well succeed a little later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof RegistryRefusal) return [408, 429, 500, 502, 503, 504].includes(error.status);
  return error instanceof NotReached;
}
