import type { CommandTable } from "../../command.ts";

/** Commands about the containers of a project: ps, exec, run, … and those about its images. */
export const composeQuestions: CommandTable = {
  alpha: {
    summary: "Experimental commands",
    group: "command",
    hidden: true,
    load: async () => (await import("./not-here.ts")).composeAlphaCommand,
  },
  attach: {
    summary: "Attach local standard input, output, and error streams to a service's running container",
    group: "command",
    load: async () => (await import("./attach.ts")).composeAttachCommand,
  },
  bridge: {
    summary: "Convert compose files into another model",
    group: "management",
    load: async () => (await import("./not-here.ts")).composeBridgeCommand,
  },
  build: {
    summary: "Build or rebuild services",
    group: "command",
    load: async () => (await import("./build.ts")).composeBuildCommand,
  },
  commit: {
    summary: "Create a new image from a service container's changes",
    group: "command",
    load: async () => (await import("./commit.ts")).composeCommitCommand,
  },
  cp: {
    summary: "Copy files/folders between a service container and the local filesystem",
    group: "command",
    load: async () => (await import("./cp.ts")).composeCpCommand,
  },
  events: {
    summary: "Receive real time events from containers",
    group: "command",
    load: async () => (await import("./events.ts")).composeEventsCommand,
  },
  exec: {
    summary: "Execute a command in a running container",
    group: "command",
    load: async () => (await import("./exec.ts")).composeExecCommand,
  },
  export: {
    summary: "Export a service container's filesystem as a tar archive",
    group: "command",
    load: async () => (await import("./export.ts")).composeExportCommand,
  },
  images: {
    summary: "List images used by the created containers",
    group: "command",
    load: async () => (await import("./images.ts")).composeImagesCommand,
  },
  ls: {
    summary: "List running compose projects",
    group: "command",
    load: async () => (await import("./ls.ts")).composeLsCommand,
  },
  port: {
    summary: "Print the public port for a port binding",
    group: "command",
    load: async () => (await import("./port.ts")).composePortCommand,
  },
  ps: {
    summary: "List containers",
    group: "command",
    load: async () => (await import("./ps.ts")).composePsCommand,
  },
  publish: {
    summary: "Publish compose application",
    group: "command",
    load: async () => (await import("./not-here.ts")).composePublishCommand,
  },
  pull: {
    summary: "Pull service images",
    group: "command",
    load: async () => (await import("./pull.ts")).composePullCommand,
  },
  push: {
    summary: "Push service images",
    group: "command",
    load: async () => (await import("./push.ts")).composePushCommand,
  },
  run: {
    summary: "Run a one-off command on a service",
    group: "command",
    load: async () => (await import("./run.ts")).composeRunCommand,
  },
  stats: {
    summary: "Display a live stream of container(s) resource usage statistics",
    group: "command",
    load: async () => (await import("./stats.ts")).composeStatsCommand,
  },
  top: {
    summary: "Display the running processes",
    group: "command",
    load: async () => (await import("./top.ts")).composeTopCommand,
  },
  version: {
    summary: "Show the Docker Compose version information",
    group: "command",
    load: async () => (await import("./version.ts")).composeVersionCommand,
  },
  volumes: {
    summary: "List volumes",
    group: "command",
    load: async () => (await import("./volumes.ts")).composeVolumesCommand,
  },
};
