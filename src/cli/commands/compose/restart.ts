import { enableNamed } from "../../../compose/select/select-services.ts";
import { command } from "../../command.ts";
import { anyServices, dryRunFlag, timeoutFlag, timeoutOf } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";

export const composeRestartCommand = command({
  usage: "restart [OPTIONS] [SERVICE...]",
  flags: {
    "dry-run": dryRunFlag,
    "no-deps": booleanFlag("Don't restart dependent services"),
    timeout: timeoutFlag,
  },
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Restarts containers as they are, with those that say `restart: true` of them in their `depends_on`. A changed file has no effect: that is what `up` is for.",
    examples: [
      ["Everything", "hull compose restart"],
      ["One service alone", "hull compose restart --no-deps web"],
    ],
    also: ["compose up", "compose stop"],
  },
  async run(parsed, terminal, session) {
    const { values, positional: services } = parsed;
    const { restart } = await import("../../../compose/converge/restart.ts");
    // Not chosen by name: what depends on a service must be known.
    const { project, name } = await openProjectOrName(terminal, session);
    const target = project ? enableNamed(project, services) : name;
    const wish = { title: "Restarting", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context }) => {
      const noDependencies = values["no-deps"];
      await restart(context, target, { services, timeout: timeoutOf(parsed), noDependencies });
      return exitCode.ok;
    });
  },
});
