import type { CommandEntry, CommandTable } from "../../command.ts";

type Verb = Omit<CommandEntry, "group">;

const events: Verb = {
  summary: "Get real time events from the server",
  load: async () => (await import("./events.ts")).eventsCommand,
};
const info: Verb = {
  summary: "Display system-wide information",
  load: async () => (await import("./info.ts")).infoCommand,
};

/** Commands about the engine that stand alone. */
export const systemWords: CommandTable = {
  events: { ...events, group: "command" },
  info: { ...info, group: "common" },
};

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
  events: { ...events, group: "command" },
  info: { ...info, group: "command" },
  prune: {
    summary: "Remove unused data",
    group: "command",
    load: async () => (await import("./prune.ts")).pruneSystemCommand,
  },
};
