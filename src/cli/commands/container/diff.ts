import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { formatList, type ListLayout } from "../../format/table.ts";

const layout: ListLayout = {
  columns: "{{.Type}} {{.Path}}",
  headers: { Type: "CHANGE TYPE", Path: "PATH" },
  typeName: "*container.diffContext",
};

export const diffCommand = command({
  usage: "diff CONTAINER",
  flags: {},
  arguments: [1, 1],
  async run({ positional: [id = ""] }, terminal, session) {
    if (id === "") throw invalidArgument("Container name cannot be empty");
    const engine = await session.engine();
    const changes = (await engine.call("ContainerChanges", { params: { id } })) ?? [];
    const rows = changes.map(({ Kind: kind, Path: path }) => ({ Type: letters[kind] ?? "?", Path: path }));
    terminal.out(formatList(layout, rows, { format: "{{.Type}} {{.Path}}" }));
    return exitCode.ok;
  },
});

/** Changed, added, deleted. */
const letters: Readonly<Record<number, string>> = { 0: "C", 1: "A", 2: "D" };
