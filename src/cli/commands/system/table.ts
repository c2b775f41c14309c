import type { CommandTable } from "../../command.ts";

export const systemCommands: CommandTable = {
  df: {
    summary: "Show how much of the disk is used, and for what",
    group: "command",
    load: async () => (await import("./df.ts")).diskUsageCommand,
  },
  "dial-stdio": {
    summary: "Proxy the stdio stream to the daemon connection. Should not be invoked manually.",
    group: "command",
    hidden: true,
    load: async () => (await import("./dial-stdio.ts")).dialStdioCommand,
  },
};
