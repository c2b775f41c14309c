import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { formatList, type ListLayout } from "../../format/table.ts";

const layout: ListLayout = {
  columns: "{{.Type}} {{.Path}}",
  headers: { Type: "CHANGE TYPE", Path: "PATH" },
  typeName: "*container.diffContext",
};

export const diffCommand = command({
  usage: "diff [OPTIONS] CONTAINER",
  flags: { size: booleanFlag("Show how large each file is, and all of them", { short: "s" }) },
  arguments: [1, 1],
  async run({ values: { size }, positional: [id = ""] }, terminal, session) {
    if (id === "") throw invalidArgument("Container name cannot be empty");
    const engine = await session.engine();
    const changes = (await engine.call("ContainerChanges", { params: { id } })) ?? [];
    if (size) {
      const { diffWithSizes } = await import("./diff-sizes.ts");
      terminal.out(await diffWithSizes(engine, id, changes, (kind) => letters[kind] ?? "?"));
      return exitCode.ok;
    }
    const rows = changes.map(({ Kind: kind, Path: path }) => ({ Type: letters[kind] ?? "?", Path: path }));
    terminal.out(formatList(layout, rows, { format: "{{.Type}} {{.Path}}" }));
    return exitCode.ok;
  },
});

/** Changed, added, deleted. */
const letters: Readonly<Record<number, string>> = { 0: "C", 1: "A", 2: "D" };
