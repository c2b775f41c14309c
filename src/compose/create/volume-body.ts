import type { VolumeCreateOptions } from "../../protocol/generated/types.ts";
import { composeVersion, labels } from "../labels.ts";
import type { Project } from "../model/project.ts";
import type { Volume } from "../model/resources.ts";

/** What `POST /volumes/create` takes for a volume of the project under its key; `configHash` is its hash. */
export function volumeBody(project: Project, key: string, volume: Volume, configHash: string) {
  return {
    Name: volume.name,
    Driver: volume.driver ?? "",
    DriverOpts: { ...volume.driver_opts },
    Labels: {
      ...volume.labels,
      [labels.volume]: key,
      [labels.project]: project.name,
      [labels.version]: composeVersion,
      [labels.configHash]: configHash,
    },
  } satisfies VolumeCreateOptions;
}
