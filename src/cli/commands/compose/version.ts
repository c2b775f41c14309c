import { composeVersion } from "../../../compose/labels.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { buildInfo } from "../../../lib/build-info.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  "dry-run": dryRunFlag,
  format: stringFlag("Format the output. Values: [pretty | json]. (Default: pretty)", { short: "f" }),
  short: booleanFlag("Shows only Compose's version number"),
};

/** Scripts compare the number with Docker Compose's: it is that of the one whose ways these are. */
export const composeVersionCommand = command({
  usage: "version [OPTIONS]",
  flags,
  arguments: [0, 0],
  complete: ["nothing"],
  manual: {
    about: "Shows which Docker Compose this behaves as, and the version of this program.",
    examples: [["The number alone", "hull compose version --short"]],
    also: ["version"],
  },
  async run({ values }, terminal) {
    const { short, format } = values;
    if (format !== "" && format !== "pretty" && format !== "json") {
      throw invalidArgument(`invalid --format ${JSON.stringify(format)}: must be pretty or json`);
    }
    if (short) terminal.out(`${composeVersion}\n`);
    else if (format === "json") terminal.out(`${JSON.stringify({ version: `v${composeVersion}` })}\n`);
    else terminal.out(`Docker Compose version v${composeVersion} (Hull ${buildInfo.version})\n`);
    return exitCode.ok;
  },
});
