import type { ContainerRecord } from "../../records/container-record.ts";
import type { VolumeRecord } from "../../records/volume-record.ts";

/** What the machine shows of an engine, gathered without asking the engine. */
export interface Traces {
  /** Directories below `<data-root>/containers`. */
  readonly containerDirectories: readonly string[];
  /** Container ids with state below `<exec-root>`: shim directories, mounted roots, network namespaces. */
  readonly shims: readonly string[];
  readonly rootMounts: readonly string[];
  readonly networkNamespaces: readonly string[];
  /** Writable snapshots. */
  readonly snapshots: readonly string[];
  readonly volumeDirectories: readonly string[];
  /** Cgroups named after containers. */
  readonly cgroups: readonly string[];
  /** Interfaces on the engine's bridge. */
  readonly bridgePorts: number;
}

export interface Expected {
  readonly containers: readonly ContainerRecord[];
  readonly volumes: readonly VolumeRecord[];
}

/**
 * Holds records against the machine, one line for each thing that does not fit; empty means
 * all is well. A container that is being started or removed at this moment can show up here.
 */
export function findMismatches({ containers, volumes }: Expected, found: Traces): string[] {
  const all = containers.map((record) => record.id as string);
  const running = containers.filter(isRunning);
  const runningIds = running.map((record) => record.id as string);
  const ownNetwork = running.filter((record) => hasOwnNamespace(record)).map((record) => record.id as string);
  const onBridge = running.filter((record) =>
    Object.values(record.endpoints).some((endpoint) => endpoint.endpointId),
  );
  return [
    ...differences("container directory", all, found.containerDirectories),
    ...differences("writable layer", all, found.snapshots),
    ...differences("shim", runningIds, found.shims),
    ...differences("mounted root", runningIds, found.rootMounts),
    ...differences("network namespace", ownNetwork, found.networkNamespaces),
    ...differences("cgroup", runningIds, found.cgroups),
    ...differences(
      "volume directory",
      volumes.map((volume) => volume.name),
      found.volumeDirectories,
    ),
    ...(onBridge.length === found.bridgePorts
      ? []
      : [`the bridge has ${found.bridgePorts} interfaces for ${onBridge.length} running containers`]),
  ];
}

function isRunning({ state }: ContainerRecord): boolean {
  return state.status === "running" || state.status === "paused";
}

function hasOwnNamespace({ hostConfig }: ContainerRecord): boolean {
  return hostConfig.NetworkMode !== "host" && !hostConfig.NetworkMode.startsWith("container:");
}

function differences(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const wanted = new Set(expected);
  const present = new Set(found);
  return [
    ...[...present].filter((name) => !wanted.has(name)).map((name) => `left behind: ${what} ${name}`),
    ...[...wanted].filter((name) => !present.has(name)).map((name) => `missing: ${what} ${name}`),
  ];
}
