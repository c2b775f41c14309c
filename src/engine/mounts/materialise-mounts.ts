import { lstat, mkdir, readdir, rmdir, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineError, internal, invalidArgument, messageOf, notFound } from "../../errors/engine-error.ts";
import type { HostConfig } from "../../records/container-config.ts";
import type { MountPoint } from "../../records/container-record.ts";
import type { VolumeRecord } from "../../records/volume-record.ts";
import type { RuntimeMount } from "../../runtime/runtime.ts";
import { readMounts } from "../../sys/mountinfo.ts";
import { mount, unmount } from "../../sys/mounts.ts";
import { closeFd, fdPath } from "../../sys/rooted-path.ts";
import { openSubpath } from "../../volumes/copy-up.ts";
import type { VolumeDriver } from "../../volumes/volume-driver.ts";

import { runtimeBind, runtimeTmpfs, sortedMounts } from "./runtime-mounts.ts";

export interface MaterialiseOptions {
  readonly containerId: string;
  readonly mounts: readonly MountPoint[];
  readonly tmpfs: HostConfig["Tmpfs"];
  /** Finds the volume and its driver; throws `not_found`. */
  readonly volume: (name: string) => { record: VolumeRecord; driver: VolumeDriver };
  /** A directory for this start of this container alone, below the exec root; holds subpath mounts. */
  readonly scratch: string;
  readonly dataRoot: string;
  readonly recursiveReadOnly: boolean;
}

export interface MaterialisedMounts {
  /** Parents first. The engine's own files (/etc/hosts …) go behind, where no destination is the same. */
  readonly mounts: readonly RuntimeMount[];
  /** Host directories that were made because they were missing. */
  readonly created: readonly string[];
}

/**
 * Makes decided mounts ready for the runtime: mounts volumes (counted under the container's
 * id), makes missing `-v` sources, pins subpaths. On failure everything is undone; after
 * success `releaseMounts` is the undo.
 */
// trail: run -v
export async function materialiseMounts(options: MaterialiseOptions): Promise<MaterialisedMounts> {
  await using undo = new AsyncDisposableStack();
  undo.defer(() => releaseMounts(options));
  const features = { ...options, hostMounts: readMounts() };
  const tmpfsAt = new Set(Object.keys(options.tmpfs ?? {}));
  const mounts = Object.entries(options.tmpfs ?? {}).map(([path, words]) => runtimeTmpfs(path, words));
  const created: string[] = [];
  for (const [index, decided] of options.mounts.entries()) {
    if (tmpfsAt.has(decided.destination)) continue;
    if (decided.type === "tmpfs") {
      mounts.push(runtimeTmpfs(decided.destination, decided.tmpfsOptions ?? ""));
      continue;
    }
    const source = decided.type === "bind" ? decided.source : await volumeSource(options, decided, index);
    if (decided.type === "bind" && (await readySource(decided))) created.push(decided.source);
    const isDirectory = (await stat(source)).isDirectory();
    mounts.push(runtimeBind(decided, source, features, isDirectory));
  }
  undo.move();
  return { mounts: sortedMounts(mounts), created };
}

/** Gives up what a start took: after the container has ended, or after a failed start. Safe to repeat. */
export async function releaseMounts(
  options: Pick<MaterialiseOptions, "containerId" | "mounts" | "volume" | "scratch">,
): Promise<void> {
  for (const entry of readMounts().toReversed()) {
    if (entry.mountpoint.startsWith(`${options.scratch}/`)) unmount(entry.mountpoint, { lazy: true });
  }
  await removeScratch(options.scratch);
  for (const decided of options.mounts) {
    if (decided.type !== "volume") continue;
    const found = knownVolume(options, decided.name);
    await found?.driver.unmount(found.record, options.containerId);
  }
}

function knownVolume(options: Pick<MaterialiseOptions, "volume">, name: string) {
  try {
    return options.volume(name);
  } catch (error) {
    // Removed by force meanwhile: nothing left to give back.
    if (error instanceof EngineError && error.kind === "not_found") return undefined;
    throw error;
  }
}

async function volumeSource(
  options: MaterialiseOptions,
  decided: MountPoint,
  index: number,
): Promise<string> {
  const { record, driver } = options.volume(decided.name);
  const path = await driver.mount(record, options.containerId);
  if (!decided.subpath) return path;
  return pinSubpath(path, decided, join(options.scratch, `subpath-${index}`));
}

/**
 * A subpath is under the control of whoever writes to the volume, and the runtime would follow
 * a link put there in the meantime. So it is resolved inside the volume once, and the opened
 * directory itself is bound to a place of ours, which is what the runtime gets.
 */
async function pinSubpath(volume: string, decided: MountPoint, place: string): Promise<string> {
  let opened: number;
  try {
    opened = openSubpath(volume, decided.subpath ?? "");
  } catch (error) {
    throw notFound(
      `cannot access path ${join(volume, decided.subpath ?? "")} of volume "${decided.name}": ${messageOf(error)}`,
      error,
    );
  }
  try {
    await mkdir(join(place, ".."), { recursive: true, mode: 0o700 });
    const isDirectory = (await stat(fdPath(opened))).isDirectory();
    if (isDirectory) await mkdir(place, { recursive: true });
    else await writeFile(place, "");
    mount({ type: "bind", source: fdPath(opened), options: ["rbind", "rprivate"] }, place);
  } finally {
    closeFd(opened);
  }
  return place;
}

/** Makes a missing bind source if the wish allows it. True when it made one. */
async function readySource(decided: MountPoint): Promise<boolean> {
  const there = await stat(decided.source).catch((error: NodeJS.ErrnoException) => error.code ?? "");
  if (typeof there === "object") return false;
  if (there !== "ENOENT" && there !== "ENOTDIR")
    throw invalidArgument(`cannot use "${decided.source}" as a bind mount source: ${there}`);
  if (!decided.createSource) {
    const dangling = await lstat(decided.source).catch(() => undefined);
    throw invalidArgument(
      `invalid mount config for type "bind": bind source path does not exist: ${decided.source}${dangling ? " (it is a link to nowhere)" : ""}`,
    );
  }
  try {
    await mkdir(decided.source, { recursive: true, mode: 0o755 });
    return true;
  } catch (error) {
    throw internal(`error while creating mount source path '${decided.source}': ${messageOf(error)}`, error);
  }
}

async function removeScratch(scratch: string): Promise<void> {
  for (const name of await readdir(scratch).catch(() => [])) {
    const path = join(scratch, name);
    // Only empty directories and placeholders: if an unmount failed, rmdir refuses, and nothing is lost.
    await rmdir(path).catch(() => unlink(path).catch(() => {}));
  }
  await rmdir(scratch).catch(() => {});
}
