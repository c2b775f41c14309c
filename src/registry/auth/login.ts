import {
  EngineError,
  internal,
  invalidArgument,
  messageOf,
  unauthorized,
} from "../../errors/engine-error.ts";
import { requestToken } from "./bearer-token.ts";
import { parseChallenges } from "./challenge.ts";
import { basicAuthorization, type Credentials, redact } from "./credentials.ts";
import { parseRegistryAddress } from "./registry-address.ts";
import { NotReached } from "./reply.ts";
import { statusLine } from "./token-errors.ts";
import { type Answer, RegistryTransport, type TransportOptions } from "./transport.ts";

export interface LoginResult {
  readonly status: string;
  /** To be kept instead of the password; empty when the registry gave none. */
  readonly identityToken: string;
}

/**
 * Whether a registry takes these credentials: `/v2/` is asked without them, the challenge
 * answered, and `/v2/` asked again with the outcome. HTTPS first; plain HTTP only for insecure
 * registries, and only when nothing speaks HTTPS there.
 */
export async function login(
  serverAddress: string,
  credentials: Credentials,
  options: TransportOptions,
  signal: AbortSignal,
): Promise<LoginResult> {
  const { host } = parseRegistryAddress(serverAddress);
  if (/[\0\r\n]/.test(credentials.username) || credentials.username.includes(":")) {
    throw invalidArgument("the user name must not contain colons or control characters");
  }
  const transport = new RegistryTransport(options, signal);
  const { ping, answer } = await reach(host, credentials, transport);
  return await explained(ping, credentials, () => proceed(ping, answer, credentials, transport));
}

/** The first answer of `/v2/`, which nothing secret was sent for. */
async function reach(
  host: string,
  credentials: Credentials,
  transport: RegistryTransport,
): Promise<{ ping: URL; answer: Answer }> {
  const ask = async (scheme: string) => {
    const ping = new URL(`${scheme}://${host}/v2/`);
    return { ping, answer: await explained(ping, credentials, () => transport.ask(ping)) };
  };
  try {
    return await ask("https");
  } catch (error) {
    if (!(error instanceof NotReached) || !(await transport.isInsecure(host))) throw error;
    return await ask("http");
  }
}

async function proceed(
  ping: URL,
  first: Answer,
  credentials: Credentials,
  transport: RegistryTransport,
): Promise<LoginResult> {
  const { authorization, identityToken } = await answerChallenge(first, credentials, transport);
  const last = authorization
    ? await transport.ask(ping, { headers: { Authorization: authorization } })
    : first;
  if (last.status === 200) return { status: "Login Succeeded", identityToken };
  const message = `login attempt to ${ping} failed with status: ${statusLine(last.status)}`;
  throw new Judged(last.status === 401 ? unauthorized(message) : internal(message));
}

async function answerChallenge(
  { status, headers }: Answer,
  credentials: Credentials,
  transport: RegistryTransport,
): Promise<{ authorization?: string; identityToken: string }> {
  if (status !== 401) return { identityToken: "" };
  const challenges = parseChallenges(headers.get("www-authenticate") ?? "");
  // In the server's order, as Docker takes them.
  const challenge = challenges.find(({ scheme }) => scheme !== "other");
  switch (challenge?.scheme) {
    case "bearer": {
      const { token, refreshToken } = await requestToken(challenge, credentials, transport, {
        offline: true,
      });
      return { authorization: `Bearer ${token}`, identityToken: refreshToken };
    }
    case "basic":
      if (credentials.username === "" || credentials.password === "") {
        throw internal("no basic auth credentials");
      }
      return { authorization: basicAuthorization(credentials), identityToken: "" };
    default:
      return { identityToken: "" };
  }
}

/** The registry's verdict: its sentence stands as it is. */
class Judged {
  readonly error: EngineError;

  constructor(error: EngineError) {
    this.error = error;
  }
}

/** Puts what was asked in front of what went wrong, and takes every secret out of it. */
async function explained<T>(ping: URL, credentials: Credentials, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Judged) throw thrown.error;
    if (!(thrown instanceof EngineError)) throw thrown;
    const message = `Get ${JSON.stringify(String(ping))}: ${redact(messageOf(thrown), credentials)}`;
    // The cause is left out on purpose: it may hold what was sent.
    throw thrown instanceof NotReached
      ? new NotReached(message, undefined)
      : new EngineError(thrown.kind, message);
  }
}
