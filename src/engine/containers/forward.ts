import { conflict, EngineError, unavailable } from "../../errors/engine-error.ts";
import type { EngineContext } from "../context.ts";
import type { ForwardedConnection, ForwardRequest } from "../services/containers.ts";

/**
 * A connection to a port inside a container, published or not: made from the container's
 * own network, so that what listens on its loopback is reached too. Where it has no network
 * of its own (host, another container's) it is made in the one it uses.
 */
// trail: port-forward
export async function forwardToContainer(
  context: EngineContext,
  nameOrId: string,
  { port, protocol }: ForwardRequest,
  signal: AbortSignal,
): Promise<ForwardedConnection> {
  const container = context.containers.find(nameOrId);
  const { state, endpoints } = container.record;
  const ended = container.ending.promise;
  const notRunning = (cause?: unknown) =>
    conflict(`container ${nameOrId} is not running: start it before its ports can be reached`, cause);
  if (!("pid" in state)) throw notRunning();
  const namespace = `/proc/${state.pid}/ns/net`;
  const own = Object.values(endpoints).flatMap(({ ipAddress, ipv6Address }) => [ipAddress, ipv6Address]);
  const hosts = ["127.0.0.1", "::1", ...own.filter((address) => address !== undefined && address !== "")];
  let refusal: unknown;
  for (const host of hosts) {
    if (host === undefined) continue;
    try {
      return { ...(await context.connectInside(namespace, { host, port, protocol }, signal)), ended };
    } catch (error) {
      // The process ended between the two looks, and its namespace with it.
      if (isMissing(error)) throw notRunning(error);
      if (!isRefusal(error)) throw error;
      refusal = error;
    }
  }
  throw unavailable(`nothing listens on ${protocol} port ${port} in container ${nameOrId}`, refusal);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Nobody there, or no such address in this namespace (IPv6 may be off): the next one is tried. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof EngineError ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return ["ECONNREFUSED", "EADDRNOTAVAIL", "ENETUNREACH", "EHOSTUNREACH", "EAFNOSUPPORT"].includes(code);
}
