import { formatAddress } from "../../client/engine-address.ts";
import type { EngineClient } from "../../client/engine-client.ts";
import { invalidArgument } from "../../errors/engine-error.ts";
import { epochSeconds } from "../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../lib/tar/tar-writer.ts";
import type { Terminal } from "../command.ts";
import type { CreateBody } from "../flags/container/create-body.ts";
import { registryAuthHeader } from "../registry-auth/registry-auth.ts";
import type { Session } from "../session.ts";

const folderInside = "/run/secrets/docker";

/**
 * `--use-api-socket`: the engine's socket inside, and the user's logins beside it. What it
 * returns puts the logins there when the container has been made; undefined when there are none.
 */
export async function useApiSocket(
  body: CreateBody,
  engine: EngineClient,
  terminal: Terminal,
  session: Session,
): Promise<((id: string) => Promise<void>) | undefined> {
  const { address } = engine.address;
  if (address.kind !== "unix" || engine.address.via) {
    throw invalidArgument(
      `flag --use-api-socket can only be used with unix sockets: docker endpoint ${formatAddress(engine.address)} incompatible`,
    );
  }
  const mount = { Type: "bind", Source: address.path, Target: "/var/run/docker.sock", BindOptions: {} };
  body.HostConfig.Mounts = [...(body.HostConfig.Mounts ?? []), mount];
  // Who set it knows what they are doing.
  if (body.Env?.some((text) => text.startsWith("DOCKER_CONFIG="))) return undefined;
  const auths = await logins(terminal, session);
  if (Object.keys(auths).length === 0) return undefined;
  body.Env = [...(body.Env ?? []), `DOCKER_CONFIG=${folderInside}`];
  const archive = archiveOf(configText(auths));
  return async (id) => {
    await engine.call("PutContainerArchive", {
      params: { id },
      query: { path: "/" },
      upload: archive,
      headers: { "Content-Type": "application/x-tar" },
    });
  };
}

/** A config.json with the user's logins and nothing else. */
export async function loginsText(terminal: Terminal, session: Session): Promise<string> {
  return configText(await logins(terminal, session));
}

const configText = (auths: Record<string, unknown>) => JSON.stringify({ auths }, undefined, "\t");

/** Everything the user is logged in to, as config.json writes it, also what a helper keeps. */
async function logins(terminal: Terminal, session: Session): Promise<Record<string, unknown>> {
  const { auths, credHelpers } = await session.config();
  const servers = [auths, credHelpers].flatMap((part) =>
    typeof part === "object" && part !== null ? Object.keys(part) : [],
  );
  const found: Record<string, unknown> = {};
  for (const server of new Set(servers)) {
    const host = server.replace(/^[a-z]+:\/\//, "").split("/")[0] ?? "";
    const header = await registryAuthHeader(
      host === "index.docker.io" ? "docker.io" : host,
      terminal,
      session,
    );
    const text = Buffer.from(header["X-Registry-Auth"] ?? "", "base64url").toString();
    const { username = "", password = "", identitytoken } = JSON.parse(text) as Record<string, string>;
    if (username === "" && !identitytoken) continue;
    found[server] = {
      auth: Buffer.from(`${username}:${password}`).toString("base64"),
      ...(identitytoken && { identitytoken }),
    };
  }
  return found;
}

function archiveOf(config: string): Uint8Array {
  const bytes = Buffer.from(config);
  const common = { uid: 0, gid: 0, modified: epochSeconds(Math.floor(Date.now() / 1000)) };
  const folder = (path: string) => formatHeader({ ...common, path, type: "directory", mode: 0o755, size: 0 });
  const path = `${folderInside}/config.json`.slice(1);
  return Buffer.concat([
    folder("run"),
    folder("run/secrets"),
    folder(folderInside.slice(1)),
    formatHeader({ ...common, path, type: "file", mode: 0o600, size: bytes.length }),
    bytes,
    paddingAfter(bytes.length),
    endOfArchive(),
  ]);
}
