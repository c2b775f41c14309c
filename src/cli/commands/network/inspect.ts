import { EngineAnswer, messageOf } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { inspectFormatFlag } from "../../flags/format-flag.ts";
import { formatRawInspected } from "../../format/inspect.ts";

const flags = {
  format: inspectFormatFlag(),
  verbose: booleanFlag("Verbose output for diagnostics", { short: "v" }),
};

export const inspectNetworksCommand = command({
  usage: "network inspect [OPTIONS] NETWORK [NETWORK...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { format, verbose }, positional }, terminal, session) {
    const engine = await session.engine();
    const found: string[] = [];
    const failures: string[] = [];
    for (const id of positional) {
      try {
        const query = { verbose: verbose || undefined };
        const answer = await engine.stream("NetworkInspect", { params: { id }, query });
        found.push((await answer.text()).trim());
      } catch (error) {
        if (!(error instanceof EngineAnswer)) throw error;
        failures.push(`Error response from daemon: ${messageOf(error)}`);
      }
    }
    terminal.out(formatRawInspected(found, format));
    for (const failure of failures) terminal.err(`${failure}\n`);
    return failures.length === 0 ? exitCode.ok : exitCode.failed;
  },
});
