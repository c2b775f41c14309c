import { conflict, messageOf, notFound } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { changeConfigFile } from "../../config/config-file.ts";
import { defaultContext } from "../../config/context-store.ts";
import { contextStore, currentContext } from "../../config/current-context.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";
import type { Session } from "../../session.ts";

const flags = { force: booleanFlag("Force the removal of a context in use", { short: "f" }) };

export const removeContextsCommand = command({
  usage: "context rm CONTEXT [CONTEXT...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { force }, positional }, terminal, session) {
    const current = await currentContext(session);
    const failures: string[] = [];
    for (const name of positional) {
      try {
        remove(name, current, force, session);
        terminal.out(`${name}\n`);
      } catch (error) {
        failures.push(messageOf(error));
      }
    }
    for (const failure of failures) terminal.err(`${failure}\n`);
    return failures.length === 0 ? exitCode.ok : exitCode.failed;
  },
});

function remove(name: string, current: string, force: boolean, session: Session): void {
  const store = contextStore(session);
  if (name === defaultContext) throw conflict(`context ${JSON.stringify(name)} cannot be removed`);
  if (!force && !store.has(name)) throw notFound(`context ${JSON.stringify(name)} does not exist`);
  if (name === current) {
    if (!force) {
      throw conflict(`context ${JSON.stringify(name)} is in use, set -f flag to force remove`);
    }
    changeConfigFile(session.globals.configDirectory, ({ currentContext, ...rest }) =>
      currentContext === name || currentContext === undefined ? rest : { ...rest, currentContext },
    );
  }
  store.remove(name);
}
