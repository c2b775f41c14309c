import type { CommandEntry, CommandTable } from "../../command.ts";

type Verb = Omit<CommandEntry, "group">;

const exportVerb: Verb = {
  summary: "Export a container's filesystem as a tar archive",
  load: async () => (await import("./export.ts")).exportCommand,
};
const wait: Verb = {
  summary: "Block until one or more containers stop, then print their exit codes",
  load: async () => (await import("./wait.ts")).waitCommand,
};

/** Commands that run processes and talk to them, standing alone. */
export const processWords: CommandTable = {
  export: { ...exportVerb, group: "command" },
  wait: { ...wait, group: "command" },
};

/** The same below `container`. */
export const containerProcessWords: CommandTable = {
  export: { ...exportVerb, group: "command" },
  wait: { ...wait, group: "command" },
};
