import { EngineAnswer, messageOf, notImplemented } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { CodedError } from "../../exit-code.ts";
import { contentTrustFlag } from "../../flags/content-trust.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";

/** An engine that takes no plugins says so; of others this program does not ask for them. */
const unbuilt = (what: string) => notImplemented(`plugin ${what} is not built into Hull's command line`);

const permissions = booleanFlag("Grant all permissions necessary to run the plugin");

export const installPluginCommand = command({
  usage: "plugin install [OPTIONS] PLUGIN [KEY=VALUE...]",
  flags: {
    alias: stringFlag("Local name for plugin"),
    disable: booleanFlag("Do not enable the plugin on install"),
    "disable-content-trust": contentTrustFlag("verification"),
    "grant-all-permissions": permissions,
  },
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ positional: [remote = ""] }, _, session) {
    const engine = await session.engine();
    await engine.call("GetPluginPrivileges", { query: { remote } });
    throw unbuilt("install");
  },
});

export const upgradePluginCommand = command({
  usage: "plugin upgrade [OPTIONS] PLUGIN [REMOTE]",
  flags: {
    "disable-content-trust": contentTrustFlag("verification"),
    "grant-all-permissions": permissions,
    "skip-remote-check": booleanFlag("Do not check if specified remote plugin matches existing plugin image"),
  },
  arguments: [1, 2],
  async run({ positional: [name = ""] }, _, session) {
    const engine = await session.engine();
    try {
      await engine.call("PluginInspect", { params: { name } });
    } catch (error) {
      if (!(error instanceof EngineAnswer)) throw error;
      throw new CodedError(`error reading plugin data: Error response from daemon: ${messageOf(error)}`);
    }
    throw unbuilt("upgrade");
  },
});

export const createPluginCommand = command({
  usage: "plugin create [OPTIONS] PLUGIN PLUGIN-DATA-DIR",
  flags: { compress: booleanFlag("Compress the context using gzip") },
  arguments: [2, 2],
  async run() {
    throw unbuilt("create");
  },
});
