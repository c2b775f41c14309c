import type { CommandTable } from "../../command.ts";
import { containerProcessWords } from "./process-words.ts";
import { stateWords } from "./state-words.ts";

export const containerCommands: CommandTable = {
  ...containerProcessWords,
  inspect: {
    summary: "Display detailed information on one or more containers",
    group: "command",
    load: async () => (await import("./inspect.ts")).inspectContainersCommand,
  },
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
  prune: {
    summary: "Remove all stopped containers",
    group: "command",
    load: async () => (await import("./prune.ts")).pruneContainersCommand,
  },
  ...stateWords,
  rm: { ...stateWords.rm, summary: "Remove one or more containers", group: "command", aliases: ["remove"] },
};
