import type { CommandTable } from "../../command.ts";
import { buildWord } from "../build/table.ts";

export const builderCommands: CommandTable = {
  build: { ...buildWord, group: "command" },
  cache: {
    summary: "Move the cache mounts of RUN between machines",
    group: "management",
    subcommands: {
      export: {
        summary: "Write the files of a cache mount as a tar archive",
        group: "command",
        load: async () => (await import("./cache.ts")).exportCacheCommand,
      },
      import: {
        summary: "Put the files of a tar archive into a cache mount",
        group: "command",
        load: async () => (await import("./cache.ts")).importCacheCommand,
      },
    },
  },
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
