import type { Terminal } from "../command.ts";
import type { Session } from "../session.ts";
import { registryAuthHeader } from "./registry-auth.ts";

/** All the logins the user has, for a call that may need several registries: `X-Registry-Config`. */
export async function registryConfigHeader(
  terminal: Terminal,
  session: Session,
): Promise<Record<string, string>> {
  const { auths, credHelpers } = await session.config();
  const servers = new Set([...keysOf(auths), ...keysOf(credHelpers)]);
  const logins: Record<string, unknown> = {};
  for (const server of servers) {
    const { "X-Registry-Auth": text = "" } = await registryAuthHeader(domainOf(server), terminal, session);
    const login: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (typeof login === "object" && login !== null && Object.keys(login).length > 0) logins[server] = login;
  }
  if (Object.keys(logins).length === 0) return {};
  return { "X-Registry-Config": Buffer.from(JSON.stringify(logins)).toString("base64url") };
}

const keysOf = (value: unknown) => (typeof value === "object" && value !== null ? Object.keys(value) : []);

const domainOf = (server: string) => (server.includes("index.docker.io") ? "docker.io" : server);
