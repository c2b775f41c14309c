import { defaultHost, formatAddress, parseEngineHost } from "../../client/engine-address.ts";
import type { Session } from "../session.ts";
import { type ContextMeta, ContextStore, defaultContext } from "./context-store.ts";

/** Whose word it is, in Docker's order: --context, --host, DOCKER_HOST, DOCKER_CONTEXT, `context use`. */
export async function currentContext(session: Session): Promise<string> {
  const { globals, env } = session;
  if (globals.context !== "") return globals.context;
  if (globals.hosts.length > 0 || env.DOCKER_HOST) return defaultContext;
  return env.DOCKER_CONTEXT || (await session.config()).currentContext || defaultContext;
}

/** The context `default` stands for flags and environment; it is in no file. */
export function defaultContextMeta(session: Session): ContextMeta {
  const { globals, env } = session;
  return {
    Name: defaultContext,
    Metadata: {},
    Endpoints: {
      docker: {
        Host: written(globals.hosts[0] ?? (env.DOCKER_HOST || defaultHost), globals.tls !== undefined),
        SkipTLSVerify: globals.tls ? !globals.tls.verify : false,
      },
    },
  };
}

/** With the port that is meant where none is given. */
function written(host: string, tls: boolean): string {
  return /^(unix|ssh):/.test(host) ? host : formatAddress({ address: parseEngineHost(host, tls) });
}

export function contextStore(session: Session): ContextStore {
  return new ContextStore(session.globals.configDirectory);
}
