import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, integerFlag } from "../../flags/flag.ts";
import { forEachName } from "../for-each.ts";

export const enablePluginCommand = command({
  usage: "plugin enable [OPTIONS] PLUGIN",
  flags: { timeout: integerFlag("HTTP client timeout (in seconds)", { initial: 30 }) },
  arguments: [1, 1],
  async run({ values: { timeout }, positional: [name = ""] }, terminal, session) {
    if (timeout < 0) throw invalidArgument(`negative timeout ${timeout} is invalid`);
    const engine = await session.engine();
    await engine.call("PluginEnable", { params: { name }, query: { timeout } });
    terminal.out(`${name}\n`);
    return exitCode.ok;
  },
});

export const disablePluginCommand = command({
  usage: "plugin disable [OPTIONS] PLUGIN",
  flags: { force: booleanFlag("Force the disable of an active plugin", { short: "f" }) },
  arguments: [1, 1],
  async run({ values: { force }, positional: [name = ""] }, terminal, session) {
    const engine = await session.engine();
    await engine.call("PluginDisable", { params: { name }, query: { force: force || undefined } });
    terminal.out(`${name}\n`);
    return exitCode.ok;
  },
});

export const removePluginsCommand = command({
  usage: "plugin rm [OPTIONS] PLUGIN [PLUGIN...]",
  flags: { force: booleanFlag("Force the removal of an active plugin", { short: "f" }) },
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { force }, positional }, terminal, session) {
    const engine = await session.engine();
    return forEachName(positional, terminal, engine, (name) =>
      engine.call("PluginDelete", { params: { name }, query: { force: force || undefined } }),
    );
  },
});

export const setPluginCommand = command({
  usage: "plugin set PLUGIN KEY=VALUE [KEY=VALUE...]",
  flags: {},
  arguments: [2, Number.POSITIVE_INFINITY],
  async run({ positional: [name = "", ...settings] }, _, session) {
    const engine = await session.engine();
    await engine.call("PluginSet", { params: { name }, body: settings });
    return exitCode.ok;
  },
});
