import type { CommandTable } from "../command.ts";
import { contextCommands } from "./context/table.ts";

/** Every command with its one line of help. The code of a command is loaded when it is called. */
export const commandTable: CommandTable = {
  context: { summary: "Manage contexts", group: "management", subcommands: contextCommands },
  "port-forward": {
    summary: "Reach ports of a container from this machine, published or not",
    group: "command",
    load: async () => (await import("./port-forward.ts")).portForwardCommand,
  },
  system: {
    summary: "Manage the engine",
    group: "management",
    subcommands: {
      "dial-stdio": {
        summary: "Proxy the stdio stream to the daemon connection. Should not be invoked manually.",
        group: "command",
        hidden: true,
        load: async () => (await import("./system/dial-stdio.ts")).dialStdioCommand,
      },
    },
  },
  tunnel: {
    summary: "Reach a container on another machine over ssh",
    group: "command",
    load: async () => (await import("./tunnel.ts")).tunnelCommand,
  },
  version: {
    summary: "Show the version information",
    group: "common",
    load: async () => (await import("./version.ts")).versionCommand,
  },
};
