import type { CommandTable } from "../command.ts";

/** Every command with its one line of help. The code of a command is loaded when it is called. */
export const commandTable: CommandTable = {
  "port-forward": {
    summary: "Reach ports of a container from this machine, published or not",
    group: "command",
    load: async () => (await import("./port-forward.ts")).portForwardCommand,
  },
  version: {
    summary: "Show the version information",
    group: "common",
    load: async () => (await import("./version.ts")).versionCommand,
  },
};
