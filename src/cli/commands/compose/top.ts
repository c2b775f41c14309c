import { labels } from "../../../compose/labels.ts";
import { nameOf } from "../../../compose/observe/observed-container.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectName } from "../../compose/open-project.ts";
import { projectContainers } from "../../compose/project-containers.ts";
import { exitCode } from "../../exit-code.ts";
import { alignColumns } from "../../format/table.ts";

export const composeTopCommand = command({
  usage: "top [SERVICES...]",
  flags: { "dry-run": dryRunFlag },
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about: "Lists the processes of all running containers of a project in one table.",
    examples: [["Of two services", "hull compose top web worker"]],
    also: ["top", "compose stats"],
  },
  async run({ positional: services }, terminal, session) {
    const name = await openProjectName(terminal, session);
    const engine = await session.engine();
    const containers = (await projectContainers(engine, name, { oneOffs: true }))
      .filter(({ Labels: its }) => services.length === 0 || services.includes(its?.[labels.service] ?? ""))
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const tables = await Promise.all(
      containers.map(async (container) => {
        const { Id: id, Labels: its } = container;
        const { Titles: titles, Processes: rows } = await engine.call("ContainerTop", {
          params: { id: id ?? "" },
        });
        const service = its?.[labels.service] ?? nameOf(container);
        return { first: [service, its?.[labels.number] ?? ""], titles: titles ?? [], rows: rows ?? [] };
      }),
    );
    terminal.out(processTable(tables));
    return exitCode.ok;
  },
});

interface Processes {
  readonly first: readonly string[];
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Columns as they come, CMD last: where another `ps` has others, a dash stands for what it does not tell. */
function processTable(tables: readonly Processes[]): string {
  const found = [...new Set(tables.flatMap(({ titles }) => titles))];
  const columns = [...found.filter((title) => title !== "CMD"), ...found.filter((title) => title === "CMD")];
  const lines = tables.flatMap(({ first, titles, rows }) =>
    rows.map((cells) => [...first, ...columns.map((title) => cells[titles.indexOf(title)] ?? "-")]),
  );
  if (lines.length === 0) return "";
  return alignColumns(
    [["SERVICE", "#", ...columns], ...lines].map((line) => line.join("\t")),
    4,
    2,
  );
}
