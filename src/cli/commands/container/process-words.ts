import type { CommandEntry, CommandTable } from "../../command.ts";

type Verb = Omit<CommandEntry, "group">;

const attach: Verb = {
  summary: "Attach local standard input, output, and error streams to a running container",
  load: async () => (await import("./attach.ts")).attachCommand,
};
const cp: Verb = {
  summary: "Copy files/folders between a container and the local filesystem",
  load: async () => (await import("./cp.ts")).cpCommand,
};
const create: Verb = {
  summary: "Create a new container",
  load: async () => (await import("./create.ts")).createCommand,
};
const exec: Verb = {
  summary: "Execute a command in a running container",
  load: async () => (await import("./exec.ts")).execCommand,
};
const exportVerb: Verb = {
  summary: "Export a container's filesystem as a tar archive",
  load: async () => (await import("./export.ts")).exportCommand,
};
const logs: Verb = {
  summary: "Fetch the logs of a container",
  load: async () => (await import("./logs.ts")).logsCommand,
};
const run: Verb = {
  summary: "Create and run a new container from an image",
  load: async () => (await import("./run.ts")).runCommand,
};
const start: Verb = {
  summary: "Start one or more stopped containers",
  load: async () => (await import("./start.ts")).startCommand,
};
const wait: Verb = {
  summary: "Block until one or more containers stop, then print their exit codes",
  load: async () => (await import("./wait.ts")).waitCommand,
};

/** Commands that run processes and talk to them, standing alone. */
export const processWords: CommandTable = {
  attach: { ...attach, group: "command" },
  cp: { ...cp, group: "command" },
  create: { ...create, group: "command" },
  exec: { ...exec, group: "common" },
  export: { ...exportVerb, group: "command" },
  logs: { ...logs, group: "command" },
  run: { ...run, group: "common" },
  start: { ...start, group: "command" },
  wait: { ...wait, group: "command" },
};

/** The same below `container`. */
export const containerProcessWords: CommandTable = {
  attach: { ...attach, group: "command" },
  cp: { ...cp, group: "command" },
  create: { ...create, group: "command" },
  exec: { ...exec, group: "command" },
  export: { ...exportVerb, group: "command" },
  logs: { ...logs, group: "command" },
  run: { ...run, group: "command" },
  start: { ...start, group: "command" },
  wait: { ...wait, group: "command" },
};
