import { command } from "../../command.ts";
import { anyServices, dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";

export const composePauseCommand = command({
  usage: "pause [SERVICE...]",
  flags: { "dry-run": dryRunFlag },
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Freezes the processes of running containers: they keep their memory, addresses and connections, and do nothing until they are unpaused.",
    examples: [
      ["Everything", "hull compose pause"],
      ["One service", "hull compose pause worker"],
    ],
    also: ["compose unpause"],
  },
  async run({ values, positional: services }, terminal, session) {
    const { pause } = await import("../../../compose/converge/pause.ts");
    const { project, name } = await openProjectOrName(terminal, session, { services });
    const wish = { title: "Pausing", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context }) => {
      await pause(context, project ?? name, { services });
      return exitCode.ok;
    });
  },
});
