import { randomBytes } from "node:crypto";
import { constants, fstatSync, statSync } from "node:fs";
import { mkdir, readdir, rmdir, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ContainerRecord, MountPoint } from "../../../records/container-record.ts";
import type { VolumeRecord } from "../../../records/volume-record.ts";
import { readMounts } from "../../../sys/mountinfo.ts";
import { mount, unmount } from "../../../sys/mounts.ts";
import {
  closeFd,
  fdPath,
  makeDirectoriesInRoot,
  O_PATH,
  openInRoot,
  openRoot,
  tryOpenInRoot,
} from "../../../sys/rooted-path.ts";
import { openSubpath } from "../../../volumes/copy-up.ts";
import type { VolumeDriver } from "../../../volumes/volume-driver.ts";

/** What looking into a container needs from the engine. */
export interface ContainerFilesWorld {
  /** The container's root, mounted while `work` runs: the running container's own, or mounted for this. */
  withRoot<T>(record: ContainerRecord, work: (root: string) => Promise<T>): Promise<T>;
  volume(name: string): { record: VolumeRecord; driver: VolumeDriver };
  /** The engine's own files of a container: `/etc/hosts` and the like, with their host paths. */
  ownFiles(record: ContainerRecord): readonly { destination: string; source: string }[];
  /** A directory below the exec root for mounts made here. */
  readonly scratch: string;
}

/**
 * Runs `work` with an opened directory that shows a container's files as it sees them itself:
 * its root with volumes and binds in their places, whether it runs or not. Read-only mounts
 * are read-only here as well. The view is a bind mount of its own, gone when `work` settles.
 */
export async function withContainerView<T>(
  world: ContainerFilesWorld,
  record: ContainerRecord,
  work: (root: number) => Promise<T>,
): Promise<T> {
  return world.withRoot(record, async (rootfs) => {
    await using undo = new AsyncDisposableStack();
    const name = `view-${randomBytes(6).toString("hex")}`;
    const place = join(world.scratch, name);
    await mkdir(place, { recursive: true, mode: 0o700 });
    undo.defer(() => rmdir(place));
    mount({ type: "bind", source: rootfs, options: ["bind", "rprivate"] }, place);
    undo.defer(() => void unmount(place, { lazy: true }));
    const root = openRoot(place);
    undo.defer(() => closeFd(root));
    for (const one of byDepth(record.mounts)) await addMount(world, record, root, one, undo, name);
    for (const file of world.ownFiles(record)) {
      if (!record.mounts.some((one) => one.destination === file.destination))
        await bindAt(root, { ...file, readOnly: false }, world.scratch);
    }
    return await work(root);
  });
}

/** Takes away what a crash left of views. Returns what went. */
export async function removeLeftViews(scratch: string): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(scratch).catch(() => [])) {
    if (!/^(view|stage)-[0-9a-f]+$/.test(name)) continue;
    const place = join(scratch, name);
    while (readMounts().some((entry) => entry.mountpoint === place) && unmount(place, { lazy: true }));
    await rmdir(place).catch(() => unlink(place));
    removed.push(`unmounted the view "${name}" of a container's files`);
  }
  return removed;
}

type Binding = Pick<MountPoint, "source" | "destination" | "readOnly">;

const byDepth = (mounts: readonly MountPoint[]) =>
  mounts.toSorted((a, b) => a.destination.split("/").length - b.destination.split("/").length);

async function addMount(
  world: ContainerFilesWorld,
  record: ContainerRecord,
  root: number,
  one: MountPoint,
  undo: AsyncDisposableStack,
  user: string,
): Promise<void> {
  if (one.type === "tmpfs") return;
  if (one.type === "bind") {
    await bindAt(root, one, world.scratch);
    return;
  }
  const volume = world.volume(one.name);
  const key = `${record.id} ${user}`;
  const path = await volume.driver.mount(volume.record, key);
  undo.defer(() => volume.driver.unmount(volume.record, key));
  if (!one.subpath) {
    await bindAt(root, { ...one, source: path }, world.scratch);
    return;
  }
  const opened = openSubpath(path, one.subpath);
  try {
    await bindAt(root, { ...one, source: fdPath(opened) }, world.scratch);
  } finally {
    closeFd(opened);
  }
}

/**
 * Binds a host path into the view; a missing place is made as a start of the container makes it.
 * The place is under the control of whoever runs in the container, so it is only named by its
 * descriptor, through which a mount cannot be changed any more once it is made. Therefore it is
 * made at a staging place of ours first: private, so that its end does not spread to the host,
 * and read-only where it has to be.
 */
async function bindAt(root: number, one: Binding, scratch: string): Promise<void> {
  const info = statSync(one.source, { throwIfNoEntry: false });
  // A bind source that is not there is an error of the start, not of looking at other files.
  if (!info) return;
  const target = openTarget(root, one.destination, info.isDirectory());
  const stage = join(scratch, `stage-${randomBytes(6).toString("hex")}`);
  try {
    if (fstatSync(target).isDirectory() !== info.isDirectory()) return;
    if (info.isDirectory()) await mkdir(stage);
    else await writeFile(stage, "");
    const options = ["rbind", "rprivate", ...(one.readOnly ? ["ro"] : [])];
    mount({ type: "bind", source: one.source, options }, stage);
    try {
      mount({ type: "bind", source: stage, options: ["rbind"] }, fdPath(target));
    } finally {
      unmount(stage, { lazy: true });
    }
  } finally {
    closeFd(target);
    await (info.isDirectory() ? rmdir(stage) : unlink(stage)).catch(() => {});
  }
}

function openTarget(root: number, destination: string, isDirectory: boolean): number {
  const there = tryOpenInRoot(root, destination, O_PATH);
  if (there >= 0) return there;
  if (isDirectory) return makeDirectoriesInRoot(root, destination);
  const slash = destination.lastIndexOf("/");
  const parent = makeDirectoriesInRoot(root, destination.slice(0, slash) || "/");
  try {
    const flags = constants.O_CREAT | constants.O_RDONLY | constants.O_NOFOLLOW;
    return openInRoot(parent, destination.slice(slash + 1), flags, 0o644);
  } finally {
    closeFd(parent);
  }
}
