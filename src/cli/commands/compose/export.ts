import { nameOf } from "../../../compose/observe/observed-container.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectName } from "../../compose/open-project.ts";
import { serviceContainer } from "../../compose/project-containers.ts";
import { runDeed } from "../../compose/run-deed.ts";
import { exportContainer } from "../../containers/export-container.ts";
import { exitCode } from "../../exit-code.ts";
import { integerFlag, stringFlag } from "../../flags/flag.ts";
import { isTerminal, standardOutput } from "../../terminal/tty.ts";

const flags = {
  "dry-run": dryRunFlag,
  index: integerFlag("index of the container if service has multiple replicas."),
  output: stringFlag("Write to a file, instead of STDOUT", { short: "o", complete: "files" }),
};

export const composeExportCommand = command({
  usage: "export [OPTIONS] SERVICE",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  complete: ["services", "nothing"],
  manual: {
    about: "Writes the files of a service's container as a tar archive.",
    examples: [["Into a file", "hull compose export -o web.tar web"]],
    also: ["export", "compose cp"],
  },
  async run({ values, positional: [service = ""] }, terminal, session) {
    const { index, output } = values;
    const name = await openProjectName(terminal, session);
    return await runDeed(
      terminal,
      session,
      { title: "Exporting", dryRun: values["dry-run"] },
      async ({ context, settings }) => {
        const { engine, report, signal } = context;
        const container = await serviceContainer(engine, name, { service, index });
        if (output === "" && isTerminal(standardOutput)) {
          throw invalidArgument("output option is required when exporting to terminal");
        }
        const id = nameOf(container);
        const text = `export ${id} to ${output}`;
        report({ id, status: "working", text, details: "Exporting" });
        if (!settings.dryRun) await exportContainer(engine, container.Id, output, signal);
        report({ id, status: "done", text, details: "Exported" });
        return exitCode.ok;
      },
    );
  },
});
