import type { PushRequest } from "../../engine/services/images.ts";

type Credentials = NonNullable<PushRequest["credentials"]>;

/**
 * The `X-Registry-Auth` header: JSON in base64url. As with Docker, one that cannot be read
 * counts as none; the registry then says what it wants.
 */
export function registryCredentials(header: string | undefined): Credentials | undefined {
  if (header === undefined || header === "") return undefined;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  const fields = new Map(Object.entries(json));
  const text = (name: string): string => {
    const value: unknown = fields.get(name);
    return typeof value === "string" ? value : "";
  };
  const registryToken = text("registrytoken");
  const credentials = {
    username: text("username"),
    password: text("password"),
    identityToken: text("identitytoken"),
    ...(text("registrytoken") !== "" && { registryToken: text("registrytoken") }),
    ...(registryToken !== "" && { registryToken }),
  };
  return Object.values(credentials).some((value) => value !== "") ? credentials : undefined;
}
