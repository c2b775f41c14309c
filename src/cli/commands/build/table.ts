import type { CommandEntry } from "../../command.ts";

/** `build`, wherever it stands: alone, below `image`, `builder` and `buildx`. */
export const buildWord: Omit<CommandEntry, "group"> = {
  summary: "Build an image from a Dockerfile",
  load: async () => (await import("./build.ts")).buildCommand,
  subcommands: {
    context: {
      summary: "List what a build would send, by size, and what the ignore file leaves out",
      group: "command",
      load: async () => (await import("./context.ts")).buildContextCommand,
    },
  },
};
