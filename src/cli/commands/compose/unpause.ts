import { command } from "../../command.ts";
import { anyServices, dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";

export const composeUnpauseCommand = command({
  usage: "unpause [SERVICE...]",
  flags: { "dry-run": dryRunFlag },
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about: "Lets the processes of paused containers go on.",
    examples: [
      ["Everything", "hull compose unpause"],
      ["One service", "hull compose unpause worker"],
    ],
    also: ["compose pause"],
  },
  async run({ values, positional: services }, terminal, session) {
    const { unpause } = await import("../../../compose/converge/pause.ts");
    const { project, name } = await openProjectOrName(terminal, session, { services });
    const wish = { title: "Running", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context }) => {
      await unpause(context, project ?? name, { services });
      return exitCode.ok;
    });
  },
});
