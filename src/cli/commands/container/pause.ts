import { command } from "../../command.ts";
import { forEachName } from "../for-each.ts";

export const pauseCommand = command({
  usage: "pause CONTAINER [CONTAINER...]",
  flags: {},
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ positional }, terminal, session) {
    const engine = await session.engine();
    const pause = (id: string) => engine.call("ContainerPause", { params: { id } });
    return forEachName(positional, terminal, engine, pause, { atOnce: true });
  },
});

export const unpauseCommand = command({
  usage: "unpause CONTAINER [CONTAINER...]",
  flags: {},
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ positional }, terminal, session) {
    const engine = await session.engine();
    const unpause = (id: string) => engine.call("ContainerUnpause", { params: { id } });
    return forEachName(positional, terminal, engine, unpause, { atOnce: true });
  },
});
