import { messageOf } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { goJson } from "../format/go-json.ts";
import type { Session } from "../session.ts";
import { environmentAuths, findCredentials } from "./credentials.ts";
import { hubServer } from "./servers.ts";
import { authInFile, type RegistryAuth, textsOf } from "./stored-auth.ts";

/**
 * The header that takes the user's own login to the engine, which keeps none. A helper that
 * fails is said, and the call goes on without: the image may be public.
 */
export async function registryAuthHeader(
  domain: string,
  terminal: Terminal,
  session: Session,
): Promise<Record<string, string>> {
  const auth = await findAuth(domain === "docker.io" ? hubServer : domain, terminal, session);
  return { "X-Registry-Auth": headerText(auth) };
}

/** All logins at once, for builds: which registries a Dockerfile needs is known to the engine alone. */
export async function registryConfigHeader(
  terminal: Terminal,
  session: Session,
): Promise<Record<string, string>> {
  const { auths, credHelpers } = await session.config();
  const servers = new Set([
    ...Object.keys(environmentAuths(session.env)),
    ...Object.keys(auths ?? {}),
    ...textsOf(credHelpers).keys(),
  ]);
  const found = await Promise.all(
    [...servers].map(async (server) => [server, await findAuth(server, terminal, session)] as const),
  );
  const kept = found.filter(([, auth]) => Object.keys(auth).length > 0);
  return { "X-Registry-Config": headerText(Object.fromEntries(kept)) };
}

async function findAuth(server: string, terminal: Terminal, session: Session): Promise<RegistryAuth> {
  try {
    return await findCredentials(server, session);
  } catch (error) {
    terminal.err(`WARNING: no credentials for ${JSON.stringify(server)}: ${messageOf(error)}\n`);
    return authInFile((await session.config()).auths, server);
  }
}

function headerText(value: object): string {
  return Buffer.from(goJson(value)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
