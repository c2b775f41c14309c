import { command } from "../../command.ts";
import { anyServices, dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { confirm } from "../../confirm.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";

export const composeRmCommand = command({
  usage: "rm [OPTIONS] [SERVICE...]",
  flags: {
    all: booleanFlag("Deprecated - no effect", { short: "a", hidden: true }),
    "dry-run": dryRunFlag,
    force: booleanFlag("Don't ask to confirm removal", { short: "f" }),
    stop: booleanFlag("Stop the containers, if required, before removing", { short: "s" }),
    volumes: booleanFlag("Remove any anonymous volumes attached to containers", { short: "v" }),
  },
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  long: `Removes stopped service containers

By default, anonymous volumes attached to containers will not be removed. You
can override this with -v. To list all volumes, use "docker volume ls".

Any data which is not in a volume will be lost.`,
  manual: {
    about:
      "Removes the containers of services that do not run, after asking. Volumes stay, anonymous ones unless -v is given; networks stay too.",
    examples: [
      ["What has stopped", "hull compose rm"],
      ["One service, running or not, without being asked", "hull compose rm -fs worker"],
    ],
    also: ["compose down", "compose stop"],
  },
  async run({ values, positional: services }, terminal, session) {
    const { remove } = await import("../../../compose/converge/remove.ts");
    const { project, name } = await openProjectOrName(terminal, session, { services });
    const { force, stop, volumes } = values;
    const wish = { title: "Removing", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context, progress }) => {
      const going = (names: readonly string[]) => `Going to remove ${names.join(", ")}`;
      const removed = await remove(context, project ?? name, {
        services,
        force,
        stop,
        volumes,
        timeout: undefined,
        async confirm(names) {
          using _ = progress.pause();
          return await confirm(`? ${going(names)}`, terminal);
        },
      });
      if (force && removed.length > 0) terminal.out(`${going(removed)}\n`);
      if (removed.length === 0) progress.say("No stopped containers\n");
      return exitCode.ok;
    });
  },
});
