import type { ContainerRecord } from "../../records/container-record.ts";
import type { VolumeRecord } from "../../records/volume-record.ts";

/** What the machine shows of an engine, gathered without asking the engine. */
export interface Traces {
  /** Directories below `<data-root>/containers`. */
  readonly containerDirectories: readonly string[];
  /** Container ids with state below `<exec-root>`: shim directories, mounted roots, network namespaces. */
  readonly shims: readonly string[];
  /** Container ids for which a shim runs. */
  readonly shimProcesses: readonly string[];
  readonly rootMounts: readonly string[];
  readonly networkNamespaces: readonly string[];
  /** Container ids with state of the OCI runtime, and with a /dev/shm outside of the container. */
  readonly runtimeStates: readonly string[];
  readonly sharedMemory: readonly string[];
  /** Mount points below `<exec-root>` that are none of the above. */
  readonly otherMounts: readonly string[];
  /** Writable snapshots. */
  readonly snapshots: readonly string[];
  readonly volumeDirectories: readonly string[];
  /** Volumes on whose data something is mounted. */
  readonly volumeMounts: readonly string[];
  /** Cgroups named after containers. */
  readonly cgroups: readonly string[];
  /** How many interfaces are on the bridges of the engine's networks, by the network's name. */
  readonly bridgePorts: Readonly<Record<string, number>>;
  /** Interfaces marked as this engine's that belong to no network on record. */
  readonly strayLinks: readonly string[];
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
  return [
    ...differences("container directory", all, found.containerDirectories),
    ...differences("writable layer", all, found.snapshots),
    ...differences("shim", runningIds, found.shims),
    ...differences("shim process", runningIds, found.shimProcesses),
    ...leftBehind("runtime state", runningIds, found.runtimeStates),
    ...differences("mounted root", runningIds, found.rootMounts),
    ...leftBehind("shared memory", runningIds, found.sharedMemory),
    ...leftBehind("mount", [], found.otherMounts),
    ...differences("network namespace", ownNetwork, found.networkNamespaces),
    ...differences("cgroup", runningIds, found.cgroups),
    ...differences(
      "volume directory",
      volumes.map((volume) => volume.name),
      found.volumeDirectories,
    ),
    ...leftBehind("mount of volume", mountableVolumes(volumes, running), found.volumeMounts),
    ...Object.entries(found.bridgePorts).flatMap(([network, ports]) =>
      bridgeMismatch(running, network, ports),
    ),
    ...leftBehind("network interface", [], found.strayLinks),
  ];
}

/**
 * Volumes on which a mount is in order: those running containers use, and those without
 * options, on which only an operator can have mounted something.
 */
function mountableVolumes(volumes: readonly VolumeRecord[], running: readonly ContainerRecord[]): string[] {
  const used = running.flatMap((record) => record.mounts.map((mount) => mount.name));
  const plain = volumes.filter((volume) => Object.keys(volume.options).length === 0);
  return [...used, ...plain.map((volume) => volume.name)];
}

function bridgeMismatch(running: readonly ContainerRecord[], network: string, ports: number): string[] {
  const connected = running.filter((record) => record.endpoints[network]?.endpointId).length;
  return connected === ports
    ? []
    : [`the bridge of network ${network} has ${ports} interfaces for ${connected} running containers`];
}

function isRunning({ state }: ContainerRecord): boolean {
  return state.status === "running" || state.status === "paused";
}

function hasOwnNamespace({ hostConfig }: ContainerRecord): boolean {
  return hostConfig.NetworkMode !== "host" && !hostConfig.NetworkMode.startsWith("container:");
}

function differences(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const present = new Set(found);
  const missing = [...new Set(expected)].filter((name) => !present.has(name));
  return [...leftBehind(what, expected, found), ...missing.map((name) => `missing: ${what} ${name}`)];
}

function leftBehind(what: string, allowed: readonly string[], found: readonly string[]): string[] {
  const wanted = new Set(allowed);
  return [...new Set(found)]
    .filter((name) => !wanted.has(name))
    .map((name) => `left behind: ${what} ${name}`);
}
