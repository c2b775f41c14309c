import { command } from "../../command.ts";
import { changeConfigFile } from "../../config/config-file.ts";
import { defaultContext } from "../../config/context-store.ts";
import { contextStore } from "../../config/current-context.ts";
import { exitCode } from "../../exit-code.ts";
import { overridden } from "./ls.ts";

export const useContextCommand = command({
  usage: "context use CONTEXT",
  flags: {},
  arguments: [1, 1],
  async run({ positional: [name = ""] }, terminal, session) {
    if (name !== defaultContext) contextStore(session).get(name);
    changeConfigFile(session.globals.configDirectory, ({ currentContext, ...rest }) =>
      name === defaultContext ? rest : { ...rest, currentContext: name },
    );
    terminal.out(`${name}\n`);
    terminal.err(`Current context is now ${JSON.stringify(name)}\n`);
    if (name !== defaultContext && session.env.DOCKER_HOST) terminal.err(overridden);
    return exitCode.ok;
  },
});
