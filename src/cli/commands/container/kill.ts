import { command } from "../../command.ts";
import { stringFlag } from "../../flags/flag.ts";
import { forEachName } from "../for-each.ts";

export const killCommand = command({
  usage: "kill [OPTIONS] CONTAINER [CONTAINER...]",
  flags: { signal: stringFlag("Signal to send to the container", { short: "s" }) },
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { signal }, positional }, terminal, session) {
    const engine = await session.engine();
    const query = { signal: signal || undefined };
    const kill = (id: string) => engine.call("ContainerKill", { params: { id }, query });
    return forEachName(positional, terminal, engine, kill, { atOnce: true });
  },
});
