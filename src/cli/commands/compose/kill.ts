import { command } from "../../command.ts";
import { anyServices, dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";
import { optionalBooleanFlag, stringFlag } from "../../flags/flag.ts";

export const composeKillCommand = command({
  usage: "kill [OPTIONS] [SERVICE...]",
  flags: {
    "dry-run": dryRunFlag,
    "remove-orphans": optionalBooleanFlag("Remove containers for services not defined in the Compose file"),
    signal: stringFlag("SIGNAL to send to the container", { short: "s", initial: "SIGKILL" }),
  },
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Sends a signal to the main process of every running container, SIGKILL unless -s says otherwise: nothing is asked and nothing is waited for.",
    examples: [
      ["End everything at once", "hull compose kill"],
      ["Let a server read its configuration again", "hull compose kill -s HUP web"],
    ],
    also: ["compose stop"],
  },
  async run({ values, positional: services }, terminal, session) {
    const { kill } = await import("../../../compose/converge/kill.ts");
    const { project, name } = await openProjectOrName(terminal, session, { services });
    const wish = { title: "Killing", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context, progress, settings }) => {
      const removeOrphans = values["remove-orphans"] ?? settings.removeOrphans;
      const { signal } = values;
      const killed = await kill(context, project ?? name, { services, signal, removeOrphans });
      if (killed.length === 0) progress.say("no container to kill\n");
      return exitCode.ok;
    });
  },
});
