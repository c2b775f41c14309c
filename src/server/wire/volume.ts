import type { VolumeView } from "../../engine/services/volumes.ts";
import type { Volume } from "../../protocol/generated/types.ts";
import { wholeSeconds } from "./zero-time.ts";

export function wireVolume({ record, mountpoint, usage }: VolumeView): Volume {
  return {
    CreatedAt: wholeSeconds(record.created),
    Driver: record.driver,
    Labels: { ...record.labels },
    Mountpoint: mountpoint,
    Name: record.name,
    Options: { ...record.options },
    Scope: "local",
    ...(usage && { UsageData: { Size: usage.size, RefCount: usage.references } }),
  };
}
