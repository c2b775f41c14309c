import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { anyServices, dryRunFlag, timeoutFlag, timeoutOf } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, optionalBooleanFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  "dry-run": dryRunFlag,
  "remove-orphans": optionalBooleanFlag("Remove containers for services not defined in the Compose file"),
  rmi: stringFlag(
    'Remove images used by services. "local" remove only images that don\'t have a custom tag ("local"|"all")',
    { complete: ["local", "all"] },
  ),
  timeout: timeoutFlag,
  volumes: booleanFlag(
    'Remove named volumes declared in the "volumes" section of the Compose file and anonymous volumes attached to containers',
    { short: "v" },
  ),
};

export const composeDownCommand = command({
  usage: "down [OPTIONS] [SERVICES]",
  flags,
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Stops the containers of a project and removes them with its networks, dependents before what they depend on. Volumes stay unless -v is given: they hold the data. With `-p NAME` and no file everything with that project's labels is taken down.",
    examples: [
      ["Take a project down", "hull compose down"],
      ["Its volumes and images too", "hull compose down -v --rmi all"],
      ["A project whose files are gone", "hull compose -p shop down"],
    ],
    also: ["compose up", "compose stop"],
  },
  async run(parsed, terminal, session) {
    const { values, positional: services } = parsed;
    const images = imagesOf(values.rmi);
    const { down } = await import("../../../compose/converge/down.ts");
    const { project, name } = await openProjectOrName(terminal, session, { services });
    const wish = { title: "Running", dryRun: values["dry-run"], project };
    return await runDeed(terminal, session, wish, async ({ context, settings }) => {
      await down(context, project ?? name, {
        services,
        volumes: values.volumes,
        images,
        removeOrphans: values["remove-orphans"] ?? settings.removeOrphans,
        timeout: timeoutOf(parsed),
      });
      return exitCode.ok;
    });
  },
});

function imagesOf(word: string): "none" | "local" | "all" {
  if (word === "") return "none";
  if (word === "local" || word === "all") return word;
  throw invalidArgument(`invalid value for --rmi: ${JSON.stringify(word)}`);
}
