import type { CommandTable } from "../command.ts";
import { contextCommands } from "./context/table.ts";

/** Every command with its one line of help. The code of a command is loaded when it is called. */
export const commandTable: CommandTable = {
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
