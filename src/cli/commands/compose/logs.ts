import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { anyServices, dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, integerFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  "dry-run": dryRunFlag,
  follow: booleanFlag("Follow log output", { short: "f" }),
  index: integerFlag("index of the container if service has multiple replicas"),
  "no-color": booleanFlag("Produce monochrome output"),
  "no-log-prefix": booleanFlag("Don't print prefix in logs"),
  since: stringFlag(
    "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)",
  ),
  tail: stringFlag("Number of lines to show from the end of the logs for each container", {
    short: "n",
    initial: "all",
  }),
  timestamps: booleanFlag("Show timestamps", { short: "t" }),
  until: stringFlag(
    "Show logs before a timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)",
  ),
};

export const composeLogsCommand = command({
  usage: "logs [OPTIONS] [SERVICE...]",
  flags,
  arguments: anyServices,
  complete: ["services"],
  usageExitCode: exitCode.failed,
  manual: {
    about:
      "Shows what the containers of a project have printed, as one stream in the order of time, each line behind the name of its container. With -f it goes on, and containers that come later join.",
    examples: [
      ["Everything, and on", "hull compose logs -f"],
      ["The last lines of two services", "hull compose logs --tail 20 web db"],
      ["What the second replica said lately", "hull compose logs --index 2 --since 10m web"],
    ],
    also: ["compose up", "logs"],
  },
  async run(parsed, terminal, session) {
    const { values, positional: services } = parsed;
    if (values.index > 0 && services.length !== 1)
      throw invalidArgument("--index requires one service to be selected");
    const { project, name } = await openProjectOrName(terminal, session, { services });
    const { showProjectLogs } = await import("../../compose/logs/show-project-logs.ts");
    return await showProjectLogs({ name, project, services, values }, terminal, session);
  },
});
