export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** An OAuth2 refresh token a registry gave instead of a password; empty when there is none. */
  readonly identityToken: string;
  /** A finished token, shown as it is instead of asking a token server. */
  readonly registryToken?: string;
}

export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

/** A sentence without any form of the secrets: servers may send back what they were sent. */
export function redact(text: string, credentials: Credentials): string {
  const basic = basicAuthorization(credentials).slice("Basic ".length);
  const secrets = [credentials.password, credentials.identityToken, credentials.registryToken ?? ""];
  const forms = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return [basic, ...forms]
    .filter((form) => form !== "")
    .sort((a, b) => b.length - a.length)
    .reduce((result, form) => result.replaceAll(form, "xxxxx"), text);
}
