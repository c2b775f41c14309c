import { serviceOf } from "../../../compose/select/select-services.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { anyServices } from "../../compose/deed-flags.ts";
import { openProject } from "../../compose/open-project.ts";
import { runDeed, settingsWith } from "../../compose/run-deed.ts";
import { upFlags } from "../../compose/up/up-flags.ts";
import { upWish } from "../../compose/up/up-wish.ts";
import { exitCode } from "../../exit-code.ts";

// trail: compose up
export const composeUpCommand = command({
  usage: "up [OPTIONS] [SERVICE...]",
  flags: upFlags,
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Makes what runs be what the files say: pulls and builds images, makes networks, volumes and containers, and starts them in the order of their dependencies. What has not changed is left alone, what has is made anew and keeps its volumes. Without -d the logs are shown until Ctrl-C, which stops everything in good order; a second one kills it.",
    examples: [
      ["In the background, until everything is healthy", "hull compose up -d --wait"],
      ["Build first, and show one service's logs", "hull compose up --build --attach web"],
      ["Run tests and end with their exit code", "hull compose up --exit-code-from tests"],
      ["Three replicas of one service", "hull compose up -d --scale web=3"],
    ],
    also: ["compose down", "compose logs", "compose watch", "why"],
  },
  async run(parsed, terminal, session) {
    const { values, positional: services } = parsed;
    const dryRun = values["dry-run"];
    upWish(parsed, settingsWith(session, undefined, dryRun));
    const project = await openProject(terminal, session, {
      services,
      ...(values["no-deps"] && { follow: "none" }),
    });
    if (Object.keys(project.services).length === 0) throw invalidArgument("no service selected");
    if (values["exit-code-from"] !== "") serviceOf(project, values["exit-code-from"]);
    const settings = settingsWith(session, project, dryRun);
    if (values.watch) {
      const { watchRules } = await import("../../../compose/watch/watch-rules.ts");
      watchRules(project, !values["no-build"]);
    }
    const wish = upWish(parsed, settings);
    const { createAll, runDetached } = await import("../../compose/up/run-up.ts");
    const deedWish = { title: "Running", dryRun, project, assumeYes: values.yes || values.y };
    return await runDeed(terminal, session, deedWish, async (deed) => {
      const call = { deed, terminal, session, project, wish };
      if (wish.detach || wish.options.noStart) return await runDetached(call);
      const created = await createAll(call);
      if (deed.settings.dryRun) {
        terminal.out("end of 'compose up' output, interactive run is not supported in dry-run mode\n");
        return exitCode.ok;
      }
      const { runAttached } = await import("../../compose/up/run-attached.ts");
      return await runAttached(call, parsed, created);
    });
  },
});
