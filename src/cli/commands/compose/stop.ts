import { command } from "../../command.ts";
import { anyServices, dryRunFlag, timeoutFlag, timeoutOf } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";

export const composeStopCommand = command({
  usage: "stop [OPTIONS] [SERVICE...]",
  flags: { "dry-run": dryRunFlag, timeout: timeoutFlag },
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Stops containers without removing them, dependents before what they depend on. Each has the time its `stop_grace_period` gives it, or that of -t, before it is killed.",
    examples: [
      ["Everything", "hull compose stop"],
      ["One service, at once", "hull compose stop -t 0 worker"],
    ],
    also: ["compose start", "compose down"],
  },
  async run(parsed, terminal, session) {
    const { values, positional: services } = parsed;
    const { stop } = await import("../../../compose/converge/stop.ts");
    const { project, name } = await openProjectOrName(terminal, session, { services });
    const wish = { title: "Stopping", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context }) => {
      await stop(context, project ?? name, { services, timeout: timeoutOf(parsed) });
      return exitCode.ok;
    });
  },
});
