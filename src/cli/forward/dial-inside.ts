import type { EngineClient } from "../../client/engine-client.ts";
import type { Dial } from "../../client/forward/dial.ts";
import { messageOf, unavailable } from "../../errors/engine-error.ts";

export interface InsidePort {
  readonly remote: number;
  readonly protocol: "tcp" | "udp";
}

/** Connections that the engine makes from inside of a container. */
export function dialInside(engine: EngineClient, container: string, { remote, protocol }: InsidePort): Dial {
  const path = `/containers/${encodeURIComponent(container)}/forward`;
  return async () => {
    try {
      return await engine.hijackExtension("POST", path, { query: { port: remote, protocol } });
    } catch (error) {
      throw unavailable(`connection to ${remote} failed: ${messageOf(error)}`, error);
    }
  };
}
