import { internal } from "../../errors/engine-error.ts";
import type { MountPoint } from "../../records/container-record.ts";
import type { VolumeRecord } from "../../records/volume-record.ts";
import { statInRoot } from "../../sys/rooted-path.ts";
import { copyUp } from "../../volumes/copy-up.ts";
import type { VolumeDriver } from "../../volumes/volume-driver.ts";

/**
 * The last step of making a container: empty volumes get what the image has at their place.
 * `root` is the container's mounted root. Only needed when `needsFilling` says so.
 */
export async function fillVolumes(
  root: string,
  mounts: readonly MountPoint[],
  volume: (name: string) => { record: VolumeRecord; driver: VolumeDriver },
  user: string,
): Promise<void> {
  for (const mount of mounts.filter(wantsFilling)) {
    const there = statInRoot(root, mount.destination, { follow: true });
    if (!there) continue;
    if (!there.isDirectory()) {
      if (!mount.anonymous) continue;
      throw internal(`cannot mount volume over existing file, file exists ${mount.destination}`);
    }
    const { record, driver } = volume(mount.name);
    const path = await driver.mount(record, user);
    try {
      await copyUp(root, mount.destination, path);
    } finally {
      await driver.unmount(record, user);
    }
  }
}

const wantsFilling = (mount: MountPoint) => mount.type === "volume" && mount.copyUp;

export function needsFilling(mounts: readonly MountPoint[]): boolean {
  return mounts.some(wantsFilling);
}
