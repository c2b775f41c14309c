import { internal } from "../../errors/engine-error.ts";
import type { Challenge } from "./challenge.ts";
import type { Credentials } from "./credentials.ts";
import { basicAuthorization } from "./credentials.ts";
import { parseTokenAnswer, tokenRefusal } from "./token-errors.ts";
import type { RegistryTransport } from "./transport.ts";

export interface BearerToken {
  readonly token: string;
  /** What the token server gave to log in with from now on, instead of a password. */
  readonly refreshToken: string;
  /** How long the token may be shown, in seconds; the specification's 60 when the server is silent. */
  readonly expiresIn: number;
}

const shortestLife = 60;

type BearerChallenge = Extract<Challenge, { scheme: "bearer" }>;

/**
 * registry 401 `Bearer realm,service,scope` ─▶ realm
 *   with an identity token: POST grant_type=refresh_token   ─▶ access_token
 *   else:                   GET ?service&scope, Basic        ─▶ token or access_token
 * (distribution spec, token and OAuth2 authentication)
 */
export async function requestToken(
  challenge: BearerChallenge,
  credentials: Credentials,
  transport: RegistryTransport,
  /** Ask for something to log in with later instead of the password. */
  { offline = false }: { readonly offline?: boolean } = {},
): Promise<BearerToken> {
  const realm = await tokenServer(challenge.realm, transport);
  const answer = credentials.identityToken
    ? await transport.ask(realm, { method: "POST", form: refreshForm(challenge, credentials.identityToken) })
    : await transport.ask(passwordUrl(realm, challenge, credentials, offline), {
        headers: credentials.username ? { Authorization: basicAuthorization(credentials) } : {},
      });
  if (answer.status < 200 || answer.status > 299) throw tokenRefusal(answer);
  const body = parseTokenAnswer(answer);
  const text = (name: string) => (typeof body[name] === "string" ? (body[name] as string) : "");
  const token = text("access_token") || text("token");
  if (token === "") throw internal("authorization server did not include a token in the response");
  const { expires_in: given } = body;
  const expiresIn = typeof given === "number" && given > shortestLife ? given : shortestLife;
  return { token, refreshToken: text("refresh_token"), expiresIn };
}

/** Credentials go there: it must be an address, and may be plain HTTP only where a registry may. */
async function tokenServer(realm: string, transport: RegistryTransport): Promise<URL> {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw internal(`the token server ${JSON.stringify(realm)} is not an http or https address`);
  }
  if (url.protocol === "http:" && !(await transport.isInsecure(url.host))) {
    throw internal(
      `the token server ${JSON.stringify(realm)} would get the password unencrypted: it is not among the insecure registries`,
    );
  }
  return url;
}

function refreshForm({ service, scopes }: BearerChallenge, refreshToken: string): URLSearchParams {
  return new URLSearchParams({
    client_id: "docker",
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    scope: scopes.join(" "),
    service,
  });
}

function passwordUrl(
  realm: URL,
  { service, scopes }: BearerChallenge,
  { username }: Credentials,
  offline: boolean,
): URL {
  const url = new URL(realm);
  if (username) {
    url.searchParams.set("account", username);
    url.searchParams.set("client_id", "docker");
    if (offline) url.searchParams.set("offline_token", "true");
  }
  if (service) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  return url;
}
