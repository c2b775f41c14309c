import type { EngineClient } from "../client/engine-client.ts";
import type { ConfigFile } from "./config/config-file.ts";
import type { Globals } from "./globals.ts";
import type { Session } from "./session.ts";

/** Imports what connects only when a command asks for its engine: `--help` must not pay for it. */
export function openSession(globals: Globals, env: NodeJS.ProcessEnv, program: string): Session {
  let engine: Promise<EngineClient> | undefined;
  let config: Promise<ConfigFile> | undefined;
  const session: Session = {
    globals,
    env,
    program,
    engine: () => {
      engine ??= import("./connect.ts").then(({ connect }) => connect(session));
      return engine;
    },
    config: () => {
      config ??= import("./config/config-file.ts").then(({ readConfigFile }) =>
        readConfigFile(globals.configDirectory),
      );
      return config;
    },
  };
  return session;
}
