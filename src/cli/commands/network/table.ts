import type { CommandTable } from "../../command.ts";

export const networkCommands: CommandTable = {
  check: {
    summary: "Compare the networks on record with the kernel, and repair them",
    group: "command",
    load: async () => (await import("./check.ts")).networkCheckCommand,
  },
  connect: {
    summary: "Connect a container to a network",
    group: "command",
    load: async () => (await import("./connect.ts")).connectNetworkCommand,
  },
  create: {
    summary: "Create a network",
    group: "command",
    load: async () => (await import("./create.ts")).createNetworkCommand,
  },
  disconnect: {
    summary: "Disconnect a container from a network",
    group: "command",
    load: async () => (await import("./disconnect.ts")).disconnectNetworkCommand,
  },
  inspect: {
    summary: "Display detailed information on one or more networks",
    group: "command",
    load: async () => (await import("./inspect.ts")).inspectNetworksCommand,
  },
  prune: {
    summary: "Remove all unused networks",
    group: "command",
    load: async () => (await import("./prune.ts")).pruneNetworksCommand,
  },
  rm: {
    summary: "Remove one or more networks",
    group: "command",
    aliases: ["remove"],
    load: async () => (await import("./rm.ts")).removeNetworksCommand,
  },
  ls: {
    summary: "List networks",
    group: "command",
    aliases: ["list"],
    load: async () => (await import("./ls.ts")).listNetworksCommand,
  },
};
