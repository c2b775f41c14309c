import { existsSync } from "node:fs";
import { messageOf } from "../errors/engine-error.ts";
import { defaultHost, type EngineAddress, formatAddress } from "./engine-address.ts";

const dockerSocket = "/var/run/docker.sock";
const noSocket = "no such socket";
const refused = "connection refused";
const forbiddenSocket = "permission denied";

/** That an engine does not answer, why, and what to type next. */
export function connectionFailure(error: unknown, engine: EngineAddress): string {
  const where = formatAddress(engine);
  return engine.via
    ? `Cannot connect to the engine at ${where}: ${engine.via.failure() ?? reasonOf(error)}`
    : `Cannot connect to the engine at ${where}. Is it running? (${reasonOf(error)}${adviceOn(error, engine)})`;
}

/** What to do about an engine on this machine that does not answer. */
function adviceOn(error: unknown, engine: EngineAddress): string {
  if (engine.address.kind !== "unix") return "";
  const reason = reasonOf(error);
  if (reason === forbiddenSocket) return "; only root and the members of its group may: try sudo";
  if (reason !== noSocket && reason !== refused) return "";
  const where = formatAddress(engine);
  if (where !== defaultHost) return `; 'hull engine -H ${where}' starts one there`;
  const docker = existsSync(dockerSocket) ? `, DOCKER_HOST=unix://${dockerSocket} leads to Docker's` : "";
  return `; 'hull engine' as root starts one${docker}`;
}

/** Bun's own words guess at typing mistakes. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return noSocket;
    case "ECONNREFUSED":
    case "ConnectionRefused":
      return refused;
    case "Malformed_HTTP_Response":
      return "what answers there is no engine";
    case "EACCES":
    case "EPERM":
      return forbiddenSocket;
    default:
      return messageOf(error);
  }
}
