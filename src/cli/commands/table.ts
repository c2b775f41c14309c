import type { CommandTable } from "../command.ts";

/** Every command with its one line of help. The code of a command is loaded when it is called. */
export const commandTable: CommandTable = {
  version: {
    summary: "Show the version information",
    group: "common",
    load: async () => (await import("./version.ts")).versionCommand,
  },
};
