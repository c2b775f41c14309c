import { timingSafeEqual } from "node:crypto";

export interface TokenClaims {
  /** Whether the bearer gave a user's password for it. */
  readonly user: boolean;
  /** Seconds since 1970. */
  readonly until: number;
}

/** Docker renews a token a minute before its end. */
export const tokenSeconds = 300;

/**
 * Tokens this registry gives to itself. Docker's client pulls without a password only from
 * registries that hand out tokens, so a registry with anonymous pull has to.
 */
export class PullTokens {
  readonly #secret = crypto.getRandomValues(new Uint8Array(32));

  give(user: boolean, now = Date.now()): string {
    const claims: TokenClaims = { user, until: Math.floor(now / 1000) + tokenSeconds };
    const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return `${body}.${this.#sign(body).toString("base64url")}`;
  }

  /** Undefined for anything but a token of ours that is still good. */
  read(token: string, now = Date.now()): TokenClaims | undefined {
    const [body = "", signature = "", ...more] = token.split(".");
    const given = Buffer.from(signature, "base64url");
    const right = this.#sign(body);
    if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const claims: TokenClaims = JSON.parse(Buffer.from(body, "base64url").toString());
    return claims.until * 1000 > now ? claims : undefined;
  }

  #sign(body: string): Buffer {
    return Buffer.from(new Bun.CryptoHasher("sha256", this.#secret).update(body).digest());
  }
}
