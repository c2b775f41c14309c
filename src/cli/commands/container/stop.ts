import { invalidArgument } from "../../../errors/engine-error.ts";
import { command, type Terminal } from "../../command.ts";
import { integerFlag, stringFlag } from "../../flags/flag.ts";
import { forEachName } from "../for-each.ts";

const flags = {
  signal: stringFlag("Signal to send to the container", { short: "s" }),
  time: integerFlag("Seconds to wait before killing the container", { hidden: true }),
  timeout: integerFlag("Seconds to wait before killing the container", { short: "t" }),
};

interface Given {
  readonly values: { readonly signal: string; readonly time: number; readonly timeout: number };
  readonly given: ReadonlySet<string>;
}

export const stopCommand = command({
  usage: "stop [OPTIONS] CONTAINER [CONTAINER...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values, given, positional }, terminal, session) {
    const query = stopQuery({ values, given }, terminal);
    const engine = await session.engine();
    const stop = (id: string) => engine.call("ContainerStop", { params: { id }, query });
    return forEachName(positional, terminal, engine, stop, { atOnce: true });
  },
});

export const restartCommand = command({
  usage: "restart [OPTIONS] CONTAINER [CONTAINER...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values, given, positional }, terminal, session) {
    const query = stopQuery({ values, given }, terminal);
    const engine = await session.engine();
    const restart = (id: string) => engine.call("ContainerRestart", { params: { id }, query });
    return forEachName(positional, terminal, engine, restart);
  },
});

/** `--time` is the old word for `--timeout`; that it is goes to standard output, as with Docker's program. */
function stopQuery({ values, given }: Given, terminal: Terminal) {
  if (given.has("time")) {
    terminal.out("Flag --time has been deprecated, use --timeout instead\n");
    if (given.has("timeout")) {
      throw invalidArgument("conflicting options: cannot specify both --timeout and --time");
    }
  }
  const seconds = given.has("timeout") ? values.timeout : given.has("time") ? values.time : undefined;
  return { signal: values.signal || undefined, t: seconds };
}
