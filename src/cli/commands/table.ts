import type { CommandTable } from "../command.ts";
import { buildWord } from "./build/table.ts";
import { builderCommands } from "./builder/table.ts";
import { composeCommands } from "./compose/table.ts";
import { processWords } from "./container/process-words.ts";
import { stateWords } from "./container/state-words.ts";
import { containerCommands } from "./container/table.ts";
import { contextCommands } from "./context/table.ts";
import { imageCommands, imageWords } from "./image/table.ts";
import { networkCommands } from "./network/table.ts";
import { pluginCommands } from "./plugin/table.ts";
import { publishCommands } from "./publish/table.ts";
import { systemCommands, systemWords } from "./system/table.ts";
import { unbuiltCommands } from "./unbuilt/table.ts";
import { volumeCommands } from "./volume/table.ts";

/** Every command with its one line of help. The code of a command is loaded when it is called. */
export const commandTable: CommandTable = {
  ...imageWords,
  ...stateWords,
  ...systemWords,
  ...unbuiltCommands,
  plugin: { summary: "Manage plugins", group: "management", subcommands: pluginCommands },
  ...processWords,
  build: { ...buildWord, group: "common" },
  builder: { summary: "Manage builds", group: "management", subcommands: builderCommands },
  // What scripts call it that were written for the plugin.
  buildx: {
    summary: "Manage builds",
    group: "management",
    subcommands: builderCommands,
    hidden: true,
    yieldsToPlugin: true,
  },
  compose: {
    summary: "Define and run multi-container applications",
    group: "management",
    subcommands: composeCommands,
    options: async () => (await import("../compose/group-flags.ts")).composeGroupFlags,
    usageExitCode: 1,
  },
  container: { summary: "Manage containers", group: "management", subcommands: containerCommands },
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
  inspect: {
    summary: "Return low-level information on Docker objects",
    group: "command",
    load: async () => (await import("./inspect.ts")).inspectCommand,
  },
  login: {
    summary: "Authenticate to a registry",
    group: "common",
    load: async () => (await import("./login.ts")).loginCommand,
  },
  logout: {
    summary: "Log out from a registry",
    group: "common",
    load: async () => (await import("./logout.ts")).logoutCommand,
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
  network: { summary: "Manage networks", group: "management", subcommands: networkCommands },
  "port-forward": {
    summary: "Reach ports of a container from this machine, published or not",
    group: "command",
    load: async () => (await import("./port-forward.ts")).portForwardCommand,
  },
  system: { summary: "Manage the engine", group: "management", subcommands: systemCommands },
  tunnel: {
    summary: "Reach a container on another machine over ssh",
    group: "command",
    load: async () => (await import("./tunnel.ts")).tunnelCommand,
  },
  volume: { summary: "Manage volumes", group: "management", subcommands: volumeCommands },
  version: {
    summary: "Show the version information",
    group: "common",
    load: async () => (await import("./version.ts")).versionCommand,
  },
  publish: {
    summary: "Manage published ports of running containers",
    group: "management",
    subcommands: publishCommands,
  },
  dive: {
    summary: "Look into an image layer by layer: what each step added, changed and removed",
    group: "command",
    load: async () => (await import("./dive.ts")).diveCommand,
  },
  why: {
    summary: "Explain why a container is not running, restarting or unhealthy",
    group: "command",
    load: async () => (await import("./why.ts")).whyCommand,
  },
};
