import { nameOf } from "../../../compose/observe/observed-container.ts";
import { invalidArgument, notImplemented } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { projectContainers, serviceOf } from "../../compose/project-containers.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, listFlag, stringFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { composeContainerLayout, composeContainerRow } from "../../format/rows/compose-containers.ts";
import { formatList } from "../../format/table.ts";

const states = ["paused", "restarting", "removing", "running", "dead", "created", "exited"];

const flags = {
  "dry-run": dryRunFlag,
  all: booleanFlag("Show all stopped containers (including those created by the run command)", {
    short: "a",
  }),
  filter: stringFlag("Filter services by a property (supported filters: status)"),
  format: { ...formatFlag(), initial: "table", defaultText: '"table"' },
  "no-trunc": booleanFlag("Don't truncate output"),
  orphans: booleanFlag("Include orphaned services (not declared by project)", { initial: true }),
  quiet: booleanFlag("Only display IDs", { short: "q" }),
  services: booleanFlag("Display services"),
  status: listFlag(`Filter services by status. Values: [${states.join(" | ")}]`, {
    placeholder: "stringArray",
    complete: states,
  }),
};

export const composePsCommand = command({
  usage: "ps [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about:
      "Lists the containers of a project. With -p no Compose file is needed: containers are found by their labels, whichever of Docker Compose and Hull made them.",
    examples: [
      ["What has ended, and how", "hull compose ps --status exited"],
      ["For programs", "hull compose ps --format json"],
      ["A column of your own", "hull compose ps --format 'table {{.Service}}\\t{{.Health}}'"],
    ],
    also: ["compose logs", "why"],
  },
  async run({ values, positional }, terminal, session) {
    const statuses = [...values.status, ...filteredStatus(values.filter)];
    const { name, project } = await openProjectOrName(terminal, session, { services: positional });
    const all = values.all || statuses.length > 0;
    const declared = project && !values.orphans ? Object.keys(project.services) : [];
    const containers = await projectContainers(await session.engine(), name, {
      services: positional.length > 0 ? positional : declared,
      all,
      oneOffs: all,
    });
    const shown = containers
      .filter(({ State: state }) => statuses.length === 0 || statuses.includes(state ?? ""))
      .map((container) => ({ container, name: nameOf(container) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    if (values.quiet) {
      terminal.out(shown.map(({ container }) => `${container.Id}\n`).join(""));
    } else if (values.services) {
      terminal.out(`${[...new Set(shown.map(({ container }) => serviceOf(container)))].join("\n")}\n`);
    } else {
      const format = values.format || ((await session.config()).psFormat ?? "");
      const rows = shown.map((one) => composeContainerRow(one.container, one.name, !values["no-trunc"]));
      terminal.out(formatList(composeContainerLayout, rows, { format }));
    }
    return exitCode.ok;
  },
});

function filteredStatus(filter: string): string[] {
  if (filter === "") return [];
  const at = filter.indexOf("=");
  if (at < 0) throw invalidArgument("arguments to --filter should be in form KEY=VAL");
  const key = filter.slice(0, at);
  if (key === "source") throw notImplemented("the filter source is not supported");
  if (key !== "status") throw invalidArgument(`unknown filter ${key}`);
  return [filter.slice(at + 1)];
}
