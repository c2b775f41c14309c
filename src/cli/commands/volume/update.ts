import { invalidArgument, notImplemented } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { requireApiVersion } from "../../flags/api-version.ts";
import { stringFlag } from "../../flags/flag.ts";

export const updateVolumeCommand = command({
  usage: "volume update [OPTIONS] [VOLUME]",
  flags: {
    availability: stringFlag('Cluster Volume availability ("active", "pause", "drain")', {
      initial: "active",
    }),
  },
  arguments: [1, 1],
  async run({ positional: [name = ""] }, _, session) {
    const engine = await session.engine();
    requireApiVersion(await engine.version(), [1, 42], `${session.program} volume update`);
    const volume = await engine.call("VolumeInspect", { params: { name } });
    if (!volume.ClusterVolume) throw invalidArgument("can only update cluster volumes");
    throw notImplemented("Hull's command line does not change volumes of a swarm");
  },
});
