import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isTreeName } from "../build/trees/overlay-tree-store.ts";
import { findMismatches } from "../engine/system/check.ts";
import { bridgeOptions } from "../network/bridge-options.ts";
import { engineMark } from "../network/engine-mark.ts";
import { hostLinksOf } from "../network/host-links.ts";
import type { ContainerRecord } from "../records/container-record.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import type { Records } from "../records/records.ts";
import { openRecords } from "../records/sqlite-records.ts";
import { openOverlaySnapshotter } from "../snapshots/overlay-snapshotter.ts";
import {
  bridgePorts,
  containerCgroups,
  directoriesIn,
  filesIn,
  markedLinks,
  mountedBelow,
  namesRightBelow,
  shimDirectories,
} from "../sys/traces.ts";
import type { EngineOptions } from "./engine-options.ts";

/** As the runtime has it for containers that name no parent on an engine without a default. */
const defaultCgroupParent = "/hull";

const looks = 6;
const pauseMs = 150;

/**
 * `hull engine check`: records against kernel and file system, one line for each thing that
 * does not fit. It only looks, so it may run beside a live engine or after a dead one. What a
 * live engine has half made or half removed at one look is whole at another: only what every
 * look shows is said.
 */
export async function checkEngine(options: EngineOptions): Promise<readonly string[]> {
  const database = join(options.dataRoot, "hull.db");
  if (!existsSync(database)) return [`there is no engine data at ${options.dataRoot}`];
  const records = openRecords(database);
  try {
    let findings = await look(options, records);
    for (let again = 1; again < looks && findings.length > 0; again++) {
      await Bun.sleep(pauseMs);
      const now = new Set(await look(options, records));
      findings = findings.filter((finding) => now.has(finding));
    }
    return findings;
  } finally {
    records.close();
  }
}

async function look(options: EngineOptions, records: Records): Promise<string[]> {
  const { dataRoot, execRoot } = options;
  const containers = records.containers.list();
  const snapshots = await openOverlaySnapshotter(join(dataRoot, "snapshots"));
  // A build's snapshots are there while it runs, and go with the next start at the latest.
  const writable = (await snapshots.list()).filter(
    ({ kind, name }) => kind === "active" && !isTreeName(name),
  );
  const roots = {
    root: join(execRoot, "rootfs"),
    network: join(execRoot, "netns"),
    shm: join(execRoot, "shm"),
  };
  const shims = shimDirectories();
  const isOurs = (path: string) => dirname(path) === join(execRoot, "containers");
  // Engines side by side may share a cgroup parent.
  const foreign = new Set(shims.filter((path) => !isOurs(path)).map((path) => basename(path)));
  const mounts = mountedBelow(execRoot);
  const known = new Set([
    roots.network,
    ...Object.values(roots).flatMap((folder) => pathsRightBelow(mounts, folder)),
  ]);
  return findMismatches(
    { containers, volumes: records.volumes.list() },
    {
      containerDirectories: directoriesIn(join(dataRoot, "containers")),
      shimProcesses: shims.filter(isOurs).map((path) => basename(path)),
      shims: directoriesIn(join(execRoot, "containers")),
      rootMounts: namesRightBelow(mounts, roots.root),
      networkNamespaces: filesIn(roots.network),
      runtimeStates: directoriesIn(join(execRoot, "runtime")),
      sharedMemory: namesRightBelow(mounts, roots.shm),
      otherMounts: mounts.filter((mount) => !known.has(mount)),
      snapshots: writable.map((snapshot) => snapshot.name),
      volumeDirectories: directoriesIn(join(dataRoot, "volumes")),
      volumeMounts: mountedVolumes(join(dataRoot, "volumes")),
      cgroups: cgroupParents(options, containers)
        .flatMap(containerCgroups)
        .filter((id) => !foreign.has(id)),
      ...networkTraces(execRoot, records.networks.list()),
    },
  );
}

/** Below the engine's default and wherever containers wanted to be (`--cgroup-parent`). */
function cgroupParents(options: EngineOptions, containers: readonly ContainerRecord[]): string[] {
  const named = containers.map((record) => record.hostConfig.CgroupParent);
  return [
    ...new Set([options.cgroupParent || defaultCgroupParent, ...named.filter((parent) => parent !== "")]),
  ];
}

/** What the kernel has of an engine's networks: interfaces on their bridges, and those of no network. */
function networkTraces(execRoot: string, networks: readonly NetworkRecord[]) {
  const bridges = networks.filter((network) => network.driver === "bridge");
  const known = new Set(networks.flatMap((network) => hostLinksOf(network)));
  return {
    bridgePorts: Object.fromEntries(
      bridges.map((network) => [network.name, bridgePorts(bridgeOptions(network).bridge).length]),
    ),
    strayLinks: markedLinks(engineMark(execRoot)).filter((link) => !known.has(link)),
  };
}

function pathsRightBelow(mounts: readonly string[], folder: string): string[] {
  return namesRightBelow(mounts, folder).map((name) => join(folder, name));
}

function mountedVolumes(directory: string): string[] {
  return mountedBelow(directory)
    .map((path) => /^([^/]+)\/_data$/.exec(path.slice(directory.length + 1))?.[1] ?? "")
    .filter((name) => name !== "");
}
