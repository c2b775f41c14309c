import { existsSync } from "node:fs";
import { join } from "node:path";
import { findMismatches } from "../engine/system/check.ts";
import { openRecords } from "../records/sqlite-records.ts";
import { openOverlaySnapshotter } from "../snapshots/overlay-snapshotter.ts";
import { bridgePorts, containerCgroups, directoriesIn, filesIn, mountedBelow } from "../sys/traces.ts";
import type { EngineOptions } from "./engine-options.ts";

/**
 * `hull engine check`: records against kernel and file system, one line for each thing that
 * does not fit. It only looks, so it may run beside a live engine or after a dead one.
 */
export async function checkEngine(options: EngineOptions): Promise<readonly string[]> {
  const { dataRoot, execRoot } = options;
  const database = join(dataRoot, "hull.db");
  if (!existsSync(database)) return [`there is no engine data at ${dataRoot}`];
  const records = openRecords(database);
  try {
    const snapshots = await openOverlaySnapshotter(join(dataRoot, "snapshots"));
    const writable = (await snapshots.list()).filter((snapshot) => snapshot.kind === "active");
    return findMismatches(
      { containers: records.containers.list(), volumes: records.volumes.list() },
      {
        containerDirectories: directoriesIn(join(dataRoot, "containers")),
        shims: directoriesIn(join(execRoot, "containers")),
        rootMounts: mountedBelow(join(execRoot, "rootfs")),
        networkNamespaces: filesIn(join(execRoot, "netns")),
        snapshots: writable.map((snapshot) => snapshot.name),
        volumeDirectories: directoriesIn(join(dataRoot, "volumes")),
        cgroups: containerCgroups(options.cgroupParent || "/hull"),
        bridgePorts: bridgePorts(options.bridge).length,
      },
    );
  } finally {
    records.close();
  }
}
