import type { CommandTable } from "../../command.ts";

/** Commands that change what runs: up, down, start, stop, … */
export const composeDeeds: CommandTable = {
  create: {
    summary: "Creates containers for a service",
    group: "command",
    load: async () => (await import("./create.ts")).composeCreateCommand,
  },
  down: {
    summary: "Stop and remove containers, networks",
    group: "command",
    load: async () => (await import("./down.ts")).composeDownCommand,
  },
  kill: {
    summary: "Force stop service containers",
    group: "command",
    load: async () => (await import("./kill.ts")).composeKillCommand,
  },
  logs: {
    summary: "View output from containers",
    group: "command",
    load: async () => (await import("./logs.ts")).composeLogsCommand,
  },
  pause: {
    summary: "Pause services",
    group: "command",
    load: async () => (await import("./pause.ts")).composePauseCommand,
  },
  restart: {
    summary: "Restart service containers",
    group: "command",
    load: async () => (await import("./restart.ts")).composeRestartCommand,
  },
  rm: {
    summary: "Removes stopped service containers",
    group: "command",
    load: async () => (await import("./rm.ts")).composeRmCommand,
  },
  scale: {
    summary: "Scale services",
    group: "command",
    load: async () => (await import("./scale.ts")).composeScaleCommand,
  },
  start: {
    summary: "Start services",
    group: "command",
    load: async () => (await import("./start.ts")).composeStartCommand,
  },
  stop: {
    summary: "Stop services",
    group: "command",
    load: async () => (await import("./stop.ts")).composeStopCommand,
  },
  unpause: {
    summary: "Unpause services",
    group: "command",
    load: async () => (await import("./unpause.ts")).composeUnpauseCommand,
  },
  up: {
    summary: "Create and start containers",
    group: "command",
    load: async () => (await import("./up.ts")).composeUpCommand,
  },
  wait: {
    summary: "Block until containers of all (or specified) services stop.",
    group: "command",
    load: async () => (await import("./wait.ts")).composeWaitCommand,
  },
  watch: {
    summary: "Watch build context for service and rebuild/refresh containers when files are updated",
    group: "command",
    load: async () => (await import("./watch.ts")).composeWatchCommand,
  },
};
