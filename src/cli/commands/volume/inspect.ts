import { command } from "../../command.ts";
import { inspectFormatFlag } from "../../flags/format-flag.ts";
import { inspectEach, inspectedTypes } from "../inspect-each.ts";

export const inspectVolumesCommand = command({
  usage: "volume inspect [OPTIONS] VOLUME [VOLUME...]",
  flags: { format: inspectFormatFlag() },
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { format }, positional }, terminal, session) {
    const engine = await session.engine();
    return inspectEach(
      positional,
      format,
      terminal,
      engine,
      { ...inspectedTypes.volume, only: true },
      (name) => engine.stream("VolumeInspect", { params: { name } }),
    );
  },
});
