import { jsonReply, type Reply } from "../../../http/reply.ts";
import type { HttpRequest } from "../../../http/request.ts";
import { OciError } from "../oci-error.ts";
import type { HtpasswdFile } from "./htpasswd.ts";
import { PullTokens, tokenSeconds } from "./pull-token.ts";

export type Deed = "look" | "pull" | "push";

export interface AccessSettings {
  readonly users: HtpasswdFile;
  readonly anonymousPull: boolean;
  /** The registry's address as clients know it, where a proxy in front changes it. */
  readonly publicUrl: string | undefined;
  readonly tls: boolean;
}

/**
 * Who may do what. With anonymous pull the challenge is a token server (this one), because
 * Docker's client, asked for a password it has not got, gives up instead of going on without:
 *
 *     GET /v2/                                 401, Bearer realm="…/token"
 *     GET /token?scope=…  [Basic, or nothing]  200, a token for pulling, or with a password for all
 *     GET /v2/… Bearer <token>
 *
 * Basic is taken everywhere all the same.
 */
export class Access {
  readonly #settings: AccessSettings;
  readonly #tokens = new PullTokens();

  constructor(settings: AccessSettings) {
    this.#settings = settings;
  }

  /** The name for the access log, or a refusal. */
  async check(request: HttpRequest, deed: Deed, repository: string | undefined): Promise<string> {
    const header = request.headers.get("authorization");
    const { anonymousPull } = this.#settings;
    if (header === undefined) {
      if (anonymousPull && deed === "pull") return "";
      throw this.#challenge(request, deed, repository, "authentication required");
    }
    const bearer = /^bearer +(\S+)$/i.exec(header)?.[1];
    if (bearer !== undefined) {
      const claims = this.#tokens.read(bearer);
      if (claims && (claims.user || deed !== "push")) return claims.user ? "(token)" : "";
      throw this.#challenge(
        request,
        deed,
        repository,
        "authentication required: the token does not allow this",
      );
    }
    const user = await this.#user(header);
    if (user !== undefined) return user;
    throw this.#challenge(request, deed, repository, "wrong user name or password");
  }

  /** Gives a token: for everything to a user, for pulling to anybody. */
  async token(request: HttpRequest): Promise<Reply> {
    if (!this.#settings.anonymousPull) throw new OciError("UNSUPPORTED", "this registry gives no tokens");
    const header = request.headers.get("authorization");
    const user = header === undefined ? undefined : await this.#user(header);
    if (header !== undefined && user === undefined) {
      throw new OciError("UNAUTHORIZED", "wrong user name or password");
    }
    const token = this.#tokens.give(user !== undefined);
    return jsonReply(200, { token, access_token: token, expires_in: tokenSeconds });
  }

  async #user(header: string): Promise<string | undefined> {
    const encoded = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(header)?.[1];
    const text = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString();
    const colon = text.indexOf(":");
    if (colon < 1) return undefined;
    const user = text.slice(0, colon);
    return (await this.#settings.users.verify(user, text.slice(colon + 1))) ? user : undefined;
  }

  #challenge(request: HttpRequest, deed: Deed, repository: string | undefined, message: string): OciError {
    const { anonymousPull, publicUrl, tls } = this.#settings;
    const scope = repository && `repository:${repository}:${deed === "push" ? "pull,push" : "pull"}`;
    const host = /^[\w.:[\]-]+$/.exec(request.headers.get("host") ?? "")?.[0] ?? "localhost";
    const base = publicUrl ?? `${tls ? "https" : "http"}://${host}`;
    const header = anonymousPull
      ? `Bearer realm="${base}/token",service="hull"${scope ? `,scope="${scope}"` : ""}`
      : 'Basic realm="hull registry"';
    return new OciError("UNAUTHORIZED", message, undefined, { headers: { "WWW-Authenticate": header } });
  }
}
