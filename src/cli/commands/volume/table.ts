import type { CommandTable } from "../../command.ts";

export const volumeCommands: CommandTable = {
  create: {
    summary: "Create a volume",
    group: "command",
    load: async () => (await import("./create.ts")).createVolumeCommand,
  },
  inspect: {
    summary: "Display detailed information on one or more volumes",
    group: "command",
    load: async () => (await import("./inspect.ts")).inspectVolumesCommand,
  },
  ls: {
    summary: "List volumes",
    group: "command",
    aliases: ["list"],
    load: async () => (await import("./ls.ts")).listVolumesCommand,
  },
  prune: {
    summary: "Remove unused local volumes",
    group: "command",
    load: async () => (await import("./prune.ts")).pruneVolumesCommand,
  },
  rm: {
    summary: "Remove one or more volumes",
    group: "command",
    aliases: ["remove"],
    load: async () => (await import("./rm.ts")).removeVolumesCommand,
  },
  update: {
    summary: "Update a volume (cluster volumes only)",
    group: "command",
    load: async () => (await import("./update.ts")).updateVolumeCommand,
  },
};
