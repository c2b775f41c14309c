import { command } from "../../command.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { forEachName } from "../for-each.ts";

export const removeVolumesCommand = command({
  usage: "volume rm [OPTIONS] VOLUME [VOLUME...]",
  long: "Remove one or more volumes. You cannot remove a volume that is in use by a container.",
  flags: { force: booleanFlag("Force the removal of one or more volumes", { short: "f" }) },
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { force }, positional }, terminal, session) {
    const engine = await session.engine();
    const query = { force: force || undefined };
    return forEachName(positional, terminal, engine, (name) =>
      engine.call("VolumeDelete", { params: { name }, query }),
    );
  },
});
