import type { CommandTable } from "../../command.ts";
import { buildWord } from "../build/table.ts";

export const builderCommands: CommandTable = {
  build: { ...buildWord, group: "command" },
  du: {
    summary: "Show what the build cache takes",
    group: "command",
    load: async () => (await import("./du.ts")).builderUsageCommand,
  },
  prune: {
    summary: "Remove build cache",
    group: "command",
    load: async () => (await import("./prune.ts")).pruneBuilderCommand,
  },
};
