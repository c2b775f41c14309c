import { command } from "../../command.ts";
import { anyServices, dryRunFlag } from "../../compose/deed-flags.ts";
import { openProject } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";

export const composeWatchCommand = command({
  usage: "watch [SERVICE...]",
  flags: {
    "dry-run": dryRunFlag,
    "no-up": booleanFlag("Do not build & start services before watching"),
    prune: booleanFlag("Prune dangling images on rebuild", { initial: true }),
    quiet: booleanFlag("hide build output"),
  },
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Starts services and then follows the files that `develop.watch` names: when they change they are copied into the containers, or the containers are restarted, or the image is built anew. It ends with Ctrl-C; what runs goes on.",
    examples: [
      ["Everything that says what to watch", "hull compose watch"],
      ["One service that runs already", "hull compose watch --no-up web"],
    ],
    also: ["compose up", "compose build"],
  },
  async run({ values, positional: services }, terminal, session) {
    const [{ watchProject }, { watchRules }, { up }, { buildBeforeWatch }] = await Promise.all([
      import("../../../compose/watch/watch-project.ts"),
      import("../../../compose/watch/watch-rules.ts"),
      import("../../../compose/converge/up.ts"),
      import("../../../compose/watch/build-before-watch.ts"),
    ]);
    const project = await openProject(terminal, session, { services });
    // Said before anything is done.
    watchRules(project, true);
    const wish = { title: "Running", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context, progress }) => {
      if (!values["no-up"]) {
        await up(context, ...buildBeforeWatch(project, services, values.quiet));
        progress.end();
      }
      await watchProject(context, project, {
        services,
        builds: true,
        quietBuild: values.quiet,
        prune: values.prune,
        say: (line) => terminal.out(`${line}\n`),
      });
      return exitCode.ok;
    });
  },
});
