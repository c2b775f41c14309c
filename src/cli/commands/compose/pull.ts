import { pullServices } from "../../../compose/images/pull-services.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProject } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  "dry-run": dryRunFlag,
  "ignore-buildable": booleanFlag("Ignore images that can be built"),
  "ignore-pull-failures": booleanFlag("Pull what it can and ignores images with pull failures"),
  "include-deps": booleanFlag("Also pull services declared as dependencies"),
  "no-parallel": booleanFlag("DEPRECATED disable parallel pulling", { initial: true, hidden: true }),
  parallel: booleanFlag("DEPRECATED pull multiple images in parallel", { initial: true, hidden: true }),
  policy: stringFlag('Apply pull policy ("missing"|"always")', { complete: ["missing", "always"] }),
  quiet: booleanFlag("Pull without printing progress information", { short: "q" }),
};

export const composePullCommand = command({
  usage: "pull [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about:
      "Pulls the images services name, side by side and each once, by your own logins. Services that can be built as well are only warned about when their image cannot be had.",
    examples: [
      ["Only what is not here yet", "hull compose pull --policy missing"],
      ["Leave out what is built here", "hull compose pull --ignore-buildable"],
    ],
    also: ["compose build", "compose push", "login"],
  },
  async run({ values, given, positional: services }, terminal, session) {
    for (const name of ["no-parallel", "parallel"]) {
      if (given.has(name)) terminal.err(`option '--${name}' is DEPRECATED and will be ignored.\n`);
    }
    const { policy } = values;
    if (policy !== "" && policy !== "missing" && policy !== "always") {
      throw invalidArgument(`invalid --policy ${JSON.stringify(policy)}: must be missing or always`);
    }
    const project = await openProject(terminal, session, {
      services,
      follow: values["include-deps"] ? "dependencies" : "none",
      steps: { resolveEnvironment: false },
    });
    return await runDeed(
      terminal,
      session,
      { title: "Pulling", dryRun: values["dry-run"], project },
      async ({ context, progress }) => {
        await pullServices(context, project, {
          quiet: values.quiet,
          ignoreFailures: values["ignore-pull-failures"],
          ignoreBuildable: values["ignore-buildable"],
          policy,
          onMustBuild: (names) => {
            progress.end();
            const line = `${session.program} compose build ${names.join(" ")}`;
            progress.say(
              `WARNING: Some service image(s) must be built from source by running:\n    ${line}\n`,
            );
          },
        });
        return exitCode.ok;
      },
    );
  },
});
