import type { CommandTable } from "../../command.ts";

/** What is done to containers that are there: each word stands alone and under `container`. */
export const stateWords: CommandTable = {
  commit: {
    summary: "Create a new image from a container's changes",
    group: "command",
    load: async () => (await import("./commit.ts")).commitCommand,
  },
  diff: {
    summary: "Inspect changes to files or directories on a container's filesystem",
    group: "command",
    load: async () => (await import("./diff.ts")).diffCommand,
  },
  kill: {
    summary: "Kill one or more running containers",
    group: "command",
    load: async () => (await import("./kill.ts")).killCommand,
  },
  pause: {
    summary: "Pause all processes within one or more containers",
    group: "command",
    load: async () => (await import("./pause.ts")).pauseCommand,
  },
  rename: {
    summary: "Rename a container",
    group: "command",
    load: async () => (await import("./rename.ts")).renameCommand,
  },
  restart: {
    summary: "Restart one or more containers",
    group: "command",
    load: async () => (await import("./stop.ts")).restartCommand,
  },
  rm: {
    summary: "Remove one or more containers",
    group: "command",
    load: async () => (await import("./rm.ts")).removeContainersCommand,
  },
  stats: {
    summary: "Display a live stream of container(s) resource usage statistics",
    group: "command",
    load: async () => (await import("./stats.ts")).statsCommand,
  },
  stop: {
    summary: "Stop one or more running containers",
    group: "command",
    load: async () => (await import("./stop.ts")).stopCommand,
  },
  top: {
    summary: "Display the running processes of a container",
    group: "command",
    load: async () => (await import("./top.ts")).topCommand,
  },
  unpause: {
    summary: "Unpause all processes within one or more containers",
    group: "command",
    load: async () => (await import("./pause.ts")).unpauseCommand,
  },
  update: {
    summary: "Update configuration of one or more containers",
    group: "command",
    load: async () => (await import("./update.ts")).updateCommand,
  },
};
