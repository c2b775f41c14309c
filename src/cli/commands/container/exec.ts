import { command } from "../../command.ts";
import { detachKeysOf } from "../../config/detach-keys.ts";
import { runExec } from "../../containers/run-exec.ts";
import {
  environmentFlags,
  environmentList,
  givenVariables,
  variablesInFiles,
} from "../../flags/container/environment.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  ...environmentFlags,
  detach: booleanFlag("Detached mode: run command in the background", { short: "d" }),
  "detach-keys": stringFlag("Override the key sequence for detaching a container"),
  interactive: booleanFlag("Keep STDIN open even if not attached", { short: "i" }),
  privileged: booleanFlag("Give extended privileges to the command"),
  tty: booleanFlag("Allocate a pseudo-TTY", { short: "t" }),
  user: stringFlag('Username or UID (format: "<name|uid>[:<group|gid>]")', { short: "u" }),
  workdir: stringFlag("Working directory inside the container", { short: "w" }),
};

// trail: exec -it
export const execCommand = command({
  usage: "exec [OPTIONS] CONTAINER COMMAND [ARG...]",
  flags,
  arguments: [2, Number.POSITIVE_INFINITY],
  interspersed: false,
  async run({ values, positional: [name = "", ...words] }, _, session) {
    const environment = [
      ...variablesInFiles(values["env-file"], session.env),
      ...environmentList(givenVariables(values.env, session.env)),
    ];
    const { user, workdir, privileged, tty, interactive, detach } = values;
    return await runExec(await session.engine(), name, {
      ...{ command: words, environment, user, workdir, privileged, tty, interactive, detach },
      detachKeys: detachKeysOf(await session.config(), values["detach-keys"]),
    });
  },
});
