import { command } from "../../command.ts";
import { anyServices } from "../../compose/deed-flags.ts";
import { openProject } from "../../compose/open-project.ts";
import { runDeed, settingsWith } from "../../compose/run-deed.ts";
import { createFlags } from "../../compose/up/up-flags.ts";
import { createWish } from "../../compose/up/up-wish.ts";
import { exitCode } from "../../exit-code.ts";
import { stringFlag } from "../../flags/flag.ts";

const flags = {
  ...createFlags,
  pull: stringFlag('Pull image before running ("always"|"missing"|"never"|"build")', {
    initial: "policy",
    complete: ["always", "missing", "never", "build"],
  }),
};

export const composeCreateCommand = command({
  usage: "create [OPTIONS] [SERVICE...]",
  flags,
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Does everything `up` does before it starts something: images are pulled and built, networks, volumes and containers are made, changed ones made anew.",
    examples: [
      ["Have everything ready", "hull compose create --build"],
      ["Make one service anew", "hull compose create --force-recreate web"],
    ],
    also: ["compose start", "compose up"],
  },
  async run(parsed, terminal, session) {
    const { values, positional: services } = parsed;
    const { create } = await import("../../../compose/converge/create.ts");
    const project = await openProject(terminal, session, { services });
    const dryRun = values["dry-run"];
    const options = createWish(parsed, settingsWith(session, project, dryRun));
    const wish = { title: "Running", dryRun, project, assumeYes: values.yes || values.y };
    return await runDeed(terminal, session, wish, async ({ context }) => {
      await create(context, project, options);
      return exitCode.ok;
    });
  },
});
