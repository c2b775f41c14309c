import type { EngineClient } from "../client/engine-client.ts";
import type { ConfigFile } from "./config/config-file.ts";
import type { Globals } from "./globals.ts";
import type { Call, Session } from "./session.ts";

/** Imports what connects only when a command asks for its engine: `--help` must not pay for it. */
export function openSession(
  globals: Globals,
  call: Call,
  line: readonly string[] = [],
  isCommand: (word: string) => boolean = () => false,
): Session {
  let engine: Promise<EngineClient> | undefined;
  let config: Promise<ConfigFile> | undefined;
  const undo: (() => void)[] = [];
  const session: Session = {
    globals,
    line,
    isCommand,
    ...call,
    engine: () => {
      engine ??= import("./connect.ts").then(({ connect }) => connect(session));
      return engine;
    },
    atEnd: (step) => void undo.push(step),
    end: () => {
      for (let step = undo.pop(); step; step = undo.pop()) step();
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
