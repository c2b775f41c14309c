import type { CommandEntry, CommandTable } from "../../command.ts";

const changes = () => import("./change.ts");
const refused = () => import("./refused.ts");

const verb = (summary: string, load: CommandEntry["load"], aliases?: readonly string[]): CommandEntry => ({
  summary,
  group: "command",
  ...(load && { load }),
  ...(aliases && { aliases }),
});

export const pluginCommands: CommandTable = {
  create: verb(
    "Create a plugin from a rootfs and configuration. Plugin data directory must contain config.json and rootfs directory.",
    async () => (await refused()).createPluginCommand,
  ),
  disable: verb("Disable a plugin", async () => (await changes()).disablePluginCommand),
  enable: verb("Enable a plugin", async () => (await changes()).enablePluginCommand),
  inspect: verb(
    "Display detailed information on one or more plugins",
    async () => (await import("./inspect.ts")).inspectPluginsCommand,
  ),
  install: verb("Install a plugin", async () => (await refused()).installPluginCommand),
  ls: verb("List plugins", async () => (await import("./ls.ts")).listPluginsCommand, ["list"]),
  push: verb("Push a plugin to a registry", async () => (await import("./push.ts")).pushPluginCommand),
  rm: verb("Remove one or more plugins", async () => (await changes()).removePluginsCommand, ["remove"]),
  set: verb("Change settings for a plugin", async () => (await changes()).setPluginCommand),
  upgrade: verb("Upgrade an existing plugin", async () => (await refused()).upgradePluginCommand),
};
