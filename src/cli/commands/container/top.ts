import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { alignColumns } from "../../format/table.ts";

export const topCommand = command({
  usage: "top [CONTAINER [ps OPTIONS]]",
  flags: {},
  interspersed: false,
  arguments: [0, Number.POSITIVE_INFINITY],
  async run({ positional: [id, ...options] }, terminal, session) {
    if (id === undefined) {
      const { runTop } = await import("../../top/run-top.ts");
      return runTop(session, 2);
    }
    const engine = await session.engine();
    const { Titles: titles, Processes: processes } = await engine.call("ContainerTop", {
      params: { id },
      query: { ps_args: options.length > 0 ? options.join(" ") : undefined },
    });
    const rows = [titles ?? [], ...(processes ?? [])];
    terminal.out(
      alignColumns(
        rows.map((cells) => cells.join("\t")),
        20,
      ),
    );
    return exitCode.ok;
  },
});
