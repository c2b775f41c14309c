import type { ConfigFile } from "../config/config-file.ts";
import { hostOf } from "./servers.ts";

/** As the API takes it in `X-Registry-Auth`. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly serveraddress?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** What `auths` has for a server; empty when it has nothing. Older files have whole addresses for keys. */
export function authInFile(auths: ConfigFile["auths"], server: string): RegistryAuth {
  const all = Object.entries(auths ?? {});
  const found = all.find(([key]) => key === server) ?? all.find(([key]) => hostOf(key) === server);
  return found ? decodeAuth(found[1], found[0]) : {};
}

export function decodeAuth(value: unknown, server: string): RegistryAuth {
  const fields = textsOf(value);
  const decoded = Buffer.from(fields.get("auth") ?? "", "base64").toString();
  const colon = decoded.indexOf(":");
  const username = colon < 0 ? fields.get("username") : decoded.slice(0, colon);
  const password = colon < 0 ? fields.get("password") : decoded.slice(colon + 1).replace(/\0+$/, "");
  const auth = {
    username,
    password,
    serveraddress: server,
    identitytoken: fields.get("identitytoken"),
    registrytoken: fields.get("registrytoken"),
  };
  return Object.fromEntries(Object.entries(auth).filter(([, text]) => text)) as RegistryAuth;
}

/** As `docker login` writes it. */
export function encodeAuth({ username, password, identitytoken }: RegistryAuth): Record<string, string> {
  const pair = `${username ?? ""}:${password ?? ""}`;
  return {
    auth: Buffer.from(pair).toString("base64"),
    ...(identitytoken !== undefined && { identitytoken }),
  };
}

export function textsOf(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(typeof value === "object" && value !== null ? value : {});
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
