import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProject } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { scaleArguments } from "../../compose/up/up-wish.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";

export const composeScaleCommand = command({
  usage: "scale [SERVICE=REPLICAS...]",
  flags: { "dry-run": dryRunFlag, "no-deps": booleanFlag("Don't start linked services") },
  arguments: [1, Number.POSITIVE_INFINITY],
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Starts or removes containers until every service named has as many as it should. Those that stay are not touched, and connections to them are not moved.",
    examples: [
      ["Three of one service", "hull compose scale web=3"],
      ["Two services at once, and nothing they depend on", "hull compose scale --no-deps web=3 worker=0"],
    ],
    also: ["compose up"],
  },
  async run({ values, positional }, terminal, session) {
    const replicas = scaleArguments(positional);
    const { scale } = await import("../../../compose/converge/scale.ts");
    const noDependencies = values["no-deps"];
    const project = await openProject(terminal, session, {
      services: [...replicas.keys()],
      ...(noDependencies && { follow: "none" }),
    });
    const wish = { title: "Running", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context }) => {
      await scale(context, project, replicas, { noDependencies });
      return exitCode.ok;
    });
  },
});
