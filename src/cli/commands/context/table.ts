import type { CommandTable } from "../../command.ts";

export const contextCommands: CommandTable = {
  create: {
    summary: "Create a context",
    group: "command",
    load: async () => (await import("./create.ts")).createContextCommand,
  },
  export: {
    summary: "Export a context to a tar archive FILE or a tar stream on STDOUT.",
    group: "command",
    load: async () => (await import("./export.ts")).exportContextCommand,
  },
  import: {
    summary: "Import a context from a tar or zip file",
    group: "command",
    load: async () => (await import("./import.ts")).importContextCommand,
  },
  inspect: {
    summary: "Display detailed information on one or more contexts",
    group: "command",
    load: async () => (await import("./inspect.ts")).inspectContextCommand,
  },
  ls: {
    summary: "List contexts",
    group: "command",
    aliases: ["list"],
    load: async () => (await import("./ls.ts")).listContextsCommand,
  },
  rm: {
    summary: "Remove one or more contexts",
    group: "command",
    aliases: ["remove"],
    load: async () => (await import("./rm.ts")).removeContextsCommand,
  },
  show: {
    summary: "Print the name of the current context",
    group: "command",
    load: async () => (await import("./show.ts")).showContextCommand,
  },
  update: {
    summary: "Update a context",
    group: "command",
    load: async () => (await import("./update.ts")).updateContextCommand,
  },
  use: {
    summary: "Set the current docker context",
    group: "command",
    load: async () => (await import("./use.ts")).useContextCommand,
  },
};
