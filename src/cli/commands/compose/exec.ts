import { notImplemented } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectName, shellAndEnvFiles } from "../../compose/open-project.ts";
import { serviceContainer } from "../../compose/project-containers.ts";
import { composeSettings } from "../../compose/settings.ts";
import { detachKeysOf } from "../../config/detach-keys.ts";
import { runExec } from "../../containers/run-exec.ts";
import { environmentList, givenVariables } from "../../flags/container/environment.ts";
import { booleanFlag, integerFlag, listFlag, optionalBooleanFlag, stringFlag } from "../../flags/flag.ts";
import { isTerminal, standardOutput } from "../../terminal/tty.ts";

const noTtyHelp = "Disable pseudo-TTY allocation. By default 'docker compose exec' allocates a TTY.";

const flags = {
  "dry-run": dryRunFlag,
  detach: booleanFlag("Detached mode: Run command in the background", { short: "d" }),
  env: listFlag("Set environment variables", { short: "e", placeholder: "stringArray" }),
  index: integerFlag("Index of the container if service has multiple replicas"),
  interactive: booleanFlag("Keep STDIN open even if not attached", {
    short: "i",
    initial: true,
    hidden: true,
  }),
  "no-tty": optionalBooleanFlag(noTtyHelp, { short: "T", defaultText: "true" }),
  // Docker Compose's older spelling.
  "no-TTY": optionalBooleanFlag(noTtyHelp, { hidden: true }),
  privileged: booleanFlag("Give extended privileges to the process"),
  tty: booleanFlag("Allocate a pseudo-TTY", { short: "t", initial: true, hidden: true }),
  user: stringFlag("Run the command as this user", { short: "u" }),
  workdir: stringFlag("Path to workdir directory for this command", { short: "w", complete: "nothing" }),
};

export const composeExecCommand = command({
  usage: "exec [OPTIONS] SERVICE COMMAND [ARGS...]",
  flags,
  arguments: [2, Number.POSITIVE_INFINITY],
  interspersed: false,
  complete: ["services", "files"],
  manual: {
    about:
      "Runs a command in a running container of a service, and ends with its exit code. There is a terminal where this program has one; -T leaves it out.",
    examples: [
      ["A shell", "hull compose exec web sh"],
      ["A dump into a file", "hull compose exec -T db pg_dump shop > shop.sql"],
      ["In the second replica", "hull compose exec --index 2 web hostname"],
    ],
    also: ["compose run", "exec"],
  },
  async run({ values, positional: [service = "", ...words] }, terminal, session) {
    const name = await openProjectName(terminal, session);
    const engine = await session.engine();
    const { user, workdir, privileged, interactive, detach, index } = values;
    const { Id: id } = await serviceContainer(engine, name, { service, index });
    if (composeSettings(session, values["dry-run"]).dryRun) {
      throw notImplemented("interactive exec is not supported in dry-run mode");
    }
    const known = values.env.every((text) => text.includes("="))
      ? session.env
      : await shellAndEnvFiles(terminal, session);
    const noTty = values["no-tty"] ?? values["no-TTY"] ?? !(values.tty && isTerminal(standardOutput));
    return await runExec(engine, id, {
      ...{ command: words, user, workdir, privileged, interactive, detach },
      environment: environmentList(givenVariables(values.env, known)),
      tty: !noTty,
      detachKeys: detachKeysOf(await session.config()),
    });
  },
});
