import { nameOf } from "../../../compose/observe/observed-container.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectName } from "../../compose/open-project.ts";
import { serviceContainer } from "../../compose/project-containers.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { commitContainer } from "../../containers/commit-container.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, integerFlag, listFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  "dry-run": dryRunFlag,
  author: stringFlag('Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', { short: "a" }),
  change: listFlag("Apply Dockerfile instruction to the created image", { short: "c" }),
  index: integerFlag("index of the container if service has multiple replicas."),
  message: stringFlag("Commit message", { short: "m" }),
  pause: booleanFlag("Pause container during commit", { short: "p", initial: true }),
};

export const composeCommitCommand = command({
  usage: "commit [OPTIONS] SERVICE [REPOSITORY[:TAG]]",
  flags,
  arguments: [1, 2],
  complete: ["services", "images"],
  manual: {
    about: "Makes an image of what a service's container has changed in its files.",
    examples: [["To look at it later", "hull compose commit -m 'after the crash' web shop-web:crash"]],
    also: ["commit", "compose export"],
  },
  async run({ values, positional: [service = "", image = ""] }, terminal, session) {
    const { author, change, message, pause, index } = values;
    const name = await openProjectName(terminal, session);
    return await runDeed(
      terminal,
      session,
      { title: "Committing", dryRun: values["dry-run"] },
      async ({ context, settings }) => {
        const { engine, report } = context;
        const container = await serviceContainer(engine, name, { service, index });
        const id = nameOf(container);
        const text = `Commit ${id}`;
        report({ id, status: "working", text, details: "Committing" });
        const wish = { name: image, author, message, changes: change, pause };
        const made = settings.dryRun ? "" : ` as ${await commitContainer(engine, container.Id, wish)}`;
        report({ id, status: "done", text, details: `Committed${made}` });
        return exitCode.ok;
      },
    );
  },
});
