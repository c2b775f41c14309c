import type { CommandTable } from "../../command.ts";
import { containerProcessWords } from "./process-words.ts";

export const containerCommands: CommandTable = {
  ...containerProcessWords,
  ls: {
    summary: "List containers",
    group: "command",
    aliases: ["list", "ps"],
    load: async () => (await import("../ps.ts")).psCommand,
  },
  port: {
    summary: "List port mappings or a specific mapping for the container",
    group: "command",
    load: async () => (await import("../port.ts")).portCommand,
  },
};
