import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";

export const composeWaitCommand = command({
  usage: "wait SERVICE [SERVICE...] [OPTIONS]",
  flags: {
    "down-project": booleanFlag("Drops project when the first container stops"),
    "dry-run": dryRunFlag,
  },
  arguments: [1, Number.POSITIVE_INFINITY],
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Waits until the containers of these services have ended, prints their exit codes and ends with the last one.",
    examples: [
      ["The result of a job", "hull compose wait migrate"],
      ["And take the project down with it", "hull compose wait --down-project tests"],
    ],
    also: ["compose up", "compose logs"],
  },
  async run({ values, positional: services }, terminal, session) {
    const { wait } = await import("../../../compose/converge/wait.ts");
    const { project, name } = await openProjectOrName(terminal, session);
    const wish = { title: "Running", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context }) => {
      const said = (id: string, code: number) =>
        terminal.out(`container ${JSON.stringify(id)} exited with status code ${code}\n`);
      const code = await wait(context, name, { services, onExit: said });
      if (values["down-project"]) {
        const { down } = await import("../../../compose/converge/down.ts");
        await down(context, project ?? name, {
          services: [],
          volumes: false,
          images: "none",
          removeOrphans: true,
          timeout: undefined,
        });
      }
      return code;
    });
  },
});
