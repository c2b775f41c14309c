import type { CommandTable } from "../../command.ts";

export const publishCommands: CommandTable = {
  add: {
    summary: "Publish ports of a container, running or not",
    group: "command",
    load: async () => (await import("./add.ts")).publishAddCommand,
  },
  audit: {
    summary: "Show who can reach each published port",
    group: "command",
    load: async () => (await import("./audit.ts")).publishAuditCommand,
  },
  ls: {
    summary: "List published ports",
    group: "command",
    aliases: ["list"],
    load: async () => (await import("./ls.ts")).publishLsCommand,
  },
  rm: {
    summary: "Close published ports of a container",
    group: "command",
    aliases: ["remove"],
    load: async () => (await import("./rm.ts")).publishRmCommand,
  },
};
