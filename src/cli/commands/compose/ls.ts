import { labels } from "../../../compose/labels.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import type { ContainerSummary } from "../../../protocol/generated/types.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { printList } from "../../compose/print-list.ts";
import { exitCode } from "../../exit-code.ts";
import { type Filters, filterFlag } from "../../flags/filter-flag.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  "dry-run": dryRunFlag,
  all: booleanFlag("Show all stopped Compose projects", { short: "a" }),
  filter: filterFlag("Filter output based on conditions provided"),
  format: stringFlag("Format the output. Values: [table | json]", {
    initial: "table",
    complete: ["table", "json"],
  }),
  quiet: booleanFlag("Only display project names", { short: "q" }),
};

export const composeLsCommand = command({
  usage: "ls [OPTIONS]",
  flags,
  arguments: [0, 0],
  complete: ["nothing"],
  manual: {
    about: "Lists the projects that have containers on this engine, and the files they were made from.",
    examples: [
      ["Those that stand still as well", "hull compose ls --all"],
      ["Only some", "hull compose ls --filter name=shop"],
    ],
    also: ["compose ps"],
  },
  async run({ values }, terminal, session) {
    const names = namesAsked(values.filter);
    const engine = await session.engine();
    const query = {
      all: values.all || undefined,
      filters: JSON.stringify({ label: [labels.project, labels.configHash] }),
    };
    const projects = Map.groupBy(
      await engine.call("ContainerList", { query }),
      ({ Labels: its }) => its?.[labels.project] ?? "",
    );
    const rows = [...projects]
      .filter(([name]) => names.length === 0 || names.some((pattern) => pattern.test(name)))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, containers]) => ({
        Name: name,
        Status: statusOf(containers),
        ConfigFiles: filesOf(containers, (sentence) => terminal.err(`WARN: ${sentence}\n`)),
      }));
    if (values.quiet) terminal.out(rows.map(({ Name }) => `${Name}\n`).join(""));
    else {
      const cells = rows.map((row) => [row.Name, row.Status, row.ConfigFiles]);
      terminal.out(printList(values.format, rows, ["NAME", "STATUS", "CONFIG FILES"], cells));
    }
    return exitCode.ok;
  },
});

/** As the engine does it for its own lists: a pattern that is found anywhere in the name. */
function namesAsked(filters: Filters): RegExp[] {
  for (const key of Object.keys(filters)) {
    if (key !== "name") throw invalidArgument(`invalid filter '${key}'`);
  }
  return (filters.name ?? []).map((pattern) => new RegExp(pattern));
}

/** `exited(1), running(2)` */
function statusOf(containers: readonly ContainerSummary[]): string {
  const states = Map.groupBy(containers, ({ State: state }) => state ?? "");
  return [...states]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([state, its]) => `${state}(${its.length})`)
    .join(", ");
}

function filesOf(containers: readonly ContainerSummary[], warn: (sentence: string) => void): string {
  const files = new Set<string>();
  for (const { Id: id = "", Labels: its } of containers) {
    const named = its?.[labels.configFiles];
    if (named === undefined) {
      warn(
        `no label ${JSON.stringify(labels.configFiles)} set on container ${JSON.stringify(id)} of compose project`,
      );
      return "N/A";
    }
    for (const file of named.split(",")) files.add(file);
  }
  return [...files].join(",");
}
