import { command } from "../../command.ts";
import { anyServices, dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";

export const composeStartCommand = command({
  usage: "start [SERVICE...]",
  flags: { "dry-run": dryRunFlag },
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Starts containers that were created or stopped before, in the order of their dependencies. Nothing is created or changed: that is what `up` does.",
    examples: [
      ["Everything that was stopped", "hull compose start"],
      ["One service and what it needs", "hull compose start web"],
    ],
    also: ["compose stop", "compose up"],
  },
  async run({ values, positional: services }, terminal, session) {
    const { start } = await import("../../../compose/converge/start.ts");
    const { project, name } = await openProjectOrName(terminal, session, { services });
    const wish = { title: "Running", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context }) => {
      await start(context, project ?? name, { services, wait: false, waitTimeout: undefined });
      return exitCode.ok;
    });
  },
});
