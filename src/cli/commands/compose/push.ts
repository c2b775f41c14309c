import { pushServices } from "../../../compose/images/push-services.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProject } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";

const flags = {
  "dry-run": dryRunFlag,
  "ignore-push-failures": booleanFlag("Push what it can and ignores images with push failures"),
  "include-deps": booleanFlag("Also push images of services declared as dependencies"),
  quiet: booleanFlag("Push without printing progress information", { short: "q" }),
};

export const composePushCommand = command({
  usage: "push [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about:
      "Pushes the images that were built for services to the registry their `image` names, with every name of `build.tags`.",
    examples: [["Of one service", "hull compose push web"]],
    also: ["compose build", "push", "login"],
  },
  async run({ values, positional: services }, terminal, session) {
    const project = await openProject(terminal, session, {
      services,
      follow: values["include-deps"] ? "dependencies" : "none",
      steps: { resolveEnvironment: false },
    });
    return await runDeed(
      terminal,
      session,
      { title: "Pushing", dryRun: values["dry-run"], project },
      async ({ context, progress }) => {
        const failed = await pushServices(context, project, {
          quiet: values.quiet,
          ignoreFailures: values["ignore-push-failures"],
        });
        progress.end();
        for (const { service, message } of failed) progress.say(`Pushing ${service}: ${message}\n`);
        return exitCode.ok;
      },
    );
  },
});
