import type { PushRequest } from "../../engine/services/images.ts";
import { isObject } from "../../protocol/validate.ts";

type Credentials = NonNullable<PushRequest["credentials"]>;

/** Docker Hub's key in the client's file. */
const hub = "docker.io";

/** The `X-Registry-Config` header: logins by registry. One that cannot be read counts as none. */
export function registryConfig(header: string | undefined): (domain: string) => Credentials | undefined {
  const known = new Map<string, Credentials>();
  for (const [address, login] of Object.entries(parse(header))) {
    const credentials = credentialsOf(login);
    if (credentials) known.set(domainOf(address), credentials);
  }
  return (domain) => known.get(domain);
}

function parse(header: string | undefined): Record<string, unknown> {
  if (!header) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(header, "base64url").toString());
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Keys are domains, or addresses as of old: `https://index.docker.io/v1/`. */
function domainOf(address: string): string {
  const domain = address.replace(/^https?:\/\//, "").split("/")[0] ?? "";
  return domain === "index.docker.io" || domain === "registry-1.docker.io" ? hub : domain;
}

function credentialsOf(login: unknown): Credentials | undefined {
  if (!isObject(login)) return undefined;
  const text = (name: string) => {
    const value = login[name];
    return typeof value === "string" ? value : "";
  };
  // `auth`, as it stands in the file, is user and password in one.
  const [user = "", ...rest] = Buffer.from(text("auth"), "base64").toString().split(":");
  const credentials = {
    username: text("username") || user,
    password: text("password") || rest.join(":"),
    identityToken: text("identitytoken"),
    ...(text("registrytoken") !== "" && { registryToken: text("registrytoken") }),
  };
  return Object.values(credentials).some((value) => value !== "") ? credentials : undefined;
}
