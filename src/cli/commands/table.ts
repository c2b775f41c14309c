import type { CommandTable } from "../command.ts";
import { contextCommands } from "./context/table.ts";
import { imageCommands, imageWords } from "./image/table.ts";

/** Every command with its one line of help. The code of a command is loaded when it is called. */
export const commandTable: CommandTable = {
  ...imageWords,
  container: {
    summary: "Manage containers",
    group: "management",
    subcommands: {
      ls: {
        summary: "List containers",
        group: "command",
        aliases: ["list", "ps"],
        load: async () => (await import("./ps.ts")).psCommand,
      },
      port: {
        summary: "List port mappings or a specific mapping for the container",
        group: "command",
        load: async () => (await import("./port.ts")).portCommand,
      },
    },
  },
  image: {
    summary: "Manage images",
    group: "management",
    subcommands: imageCommands,
  },
  images: {
    summary: "List images",
    group: "common",
    load: async () => (await import("./images.ts")).imagesCommand,
  },
  port: {
    summary: "List port mappings or a specific mapping for the container",
    group: "command",
    load: async () => (await import("./port.ts")).portCommand,
  },
  ps: {
    summary: "List containers",
    group: "common",
    load: async () => (await import("./ps.ts")).psCommand,
  },
  context: { summary: "Manage contexts", group: "management", subcommands: contextCommands },
  network: {
    summary: "Manage networks",
    group: "management",
    subcommands: {
      check: {
        summary: "Compare the networks on record with the kernel, and repair them",
        group: "command",
        load: async () => (await import("./network/check.ts")).networkCheckCommand,
      },
      connect: {
        summary: "Connect a container to a network",
        group: "command",
        load: async () => (await import("./network/connect.ts")).connectNetworkCommand,
      },
      create: {
        summary: "Create a network",
        group: "command",
        load: async () => (await import("./network/create.ts")).createNetworkCommand,
      },
      disconnect: {
        summary: "Disconnect a container from a network",
        group: "command",
        load: async () => (await import("./network/disconnect.ts")).disconnectNetworkCommand,
      },
      inspect: {
        summary: "Display detailed information on one or more networks",
        group: "command",
        load: async () => (await import("./network/inspect.ts")).inspectNetworksCommand,
      },
      prune: {
        summary: "Remove all unused networks",
        group: "command",
        load: async () => (await import("./network/prune.ts")).pruneNetworksCommand,
      },
      rm: {
        summary: "Remove one or more networks",
        group: "command",
        aliases: ["remove"],
        load: async () => (await import("./network/rm.ts")).removeNetworksCommand,
      },
      ls: {
        summary: "List networks",
        group: "command",
        aliases: ["list"],
        load: async () => (await import("./network/ls.ts")).listNetworksCommand,
      },
    },
  },
  "port-forward": {
    summary: "Reach ports of a container from this machine, published or not",
    group: "command",
    load: async () => (await import("./port-forward.ts")).portForwardCommand,
  },
  system: {
    summary: "Manage the engine",
    group: "management",
    subcommands: {
      "dial-stdio": {
        summary: "Proxy the stdio stream to the daemon connection. Should not be invoked manually.",
        group: "command",
        hidden: true,
        load: async () => (await import("./system/dial-stdio.ts")).dialStdioCommand,
      },
    },
  },
  tunnel: {
    summary: "Reach a container on another machine over ssh",
    group: "command",
    load: async () => (await import("./tunnel.ts")).tunnelCommand,
  },
  version: {
    summary: "Show the version information",
    group: "common",
    load: async () => (await import("./version.ts")).versionCommand,
  },
  publish: {
    summary: "Manage published ports of running containers",
    group: "management",
    subcommands: {
      add: {
        summary: "Publish ports of a container, running or not",
        group: "command",
        load: async () => (await import("./publish/add.ts")).publishAddCommand,
      },
      audit: {
        summary: "Show who can reach each published port",
        group: "command",
        load: async () => (await import("./publish/audit.ts")).publishAuditCommand,
      },
      ls: {
        summary: "List published ports",
        group: "command",
        aliases: ["list"],
        load: async () => (await import("./publish/ls.ts")).publishLsCommand,
      },
      rm: {
        summary: "Close published ports of a container",
        group: "command",
        aliases: ["remove"],
        load: async () => (await import("./publish/rm.ts")).publishRmCommand,
      },
    },
  },
};
