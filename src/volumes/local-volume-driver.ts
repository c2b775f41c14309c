import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { conflict, internal } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import { KeyedLock } from "../lib/keyed-lock.ts";
import type { VolumeRecord } from "../records/volume-record.ts";
import { directorySize } from "./directory-size.ts";
import { checkLocalOptions, localMountOf } from "./local-options.ts";
import type { VolumeDriver } from "./volume-driver.ts";
import { kernelMounter, type VolumeMounter } from "./volume-mounter.ts";
import { checkVolumeName } from "./volume-name.ts";

/**
 * Volumes as directories: `<root>/<name>/_data`. The record is the truth, the directory
 * follows it: insert the record, then `create`; for a removal `remove`, then delete the
 * record. `remove` first renames the directory to `.removing-<name>-…`, so that after a
 * crash `reconcile` finds either everything (and takes the removal back, for the record is
 * still there) or nothing that anybody still knows.
 */
// trail: run -v
export class LocalVolumeDriver implements VolumeDriver {
  readonly name = "local";
  readonly #root: string;
  readonly #mounter: VolumeMounter;
  readonly #users = new Map<string, Set<string>>();
  readonly #lock = new KeyedLock();

  constructor(root: string, mounter: VolumeMounter = kernelMounter) {
    this.#root = root;
    this.#mounter = mounter;
  }

  mountpoint(volume: VolumeRecord): string {
    return join(this.#root, volume.name, "_data");
  }

  async create(volume: VolumeRecord): Promise<void> {
    checkVolumeName(volume.name);
    checkLocalOptions(volume.options);
    await this.#lock.run(volume.name, async () => {
      await mkdir(this.#root, { recursive: true, mode: 0o701 });
      await this.#makeDirectories(volume);
      await failpoint("volume.create");
      await syncDirectory(this.#root);
    });
  }

  async #makeDirectories(volume: VolumeRecord): Promise<void> {
    const data = this.mountpoint(volume);
    await mkdir(data, { recursive: true, mode: 0o701 });
    // mkdir's mode goes through the umask, and the users of containers have to get in.
    await chmod(join(this.#root, volume.name), 0o701);
    const before = await readdir(data);
    if (before.length === 0 && this.#mounter.mountsBelow(data).length === 0) await chmod(data, 0o755);
  }

  async remove(volume: VolumeRecord): Promise<void> {
    await this.#lock.run(volume.name, async () => {
      const users = [...(this.#users.get(volume.name) ?? [])];
      if (users.length > 0) throw conflict(`remove ${volume.name}: volume is in use - [${users.join(", ")}]`);
      const directory = join(this.#root, volume.name);
      await this.#unmountOwn(volume);
      const foreign = this.#mounter.mountsBelow(directory)[0];
      // Deleting goes on into whatever is mounted below, and that is not ours.
      if (foreign) throw conflict(`remove ${volume.name}: something is mounted on "${foreign}"`);
      const doomed = join(this.#root, `.removing-${volume.name}-${randomBytes(4).toString("hex")}`);
      try {
        await rename(directory, doomed);
      } catch (error) {
        if (isMissing(error)) return;
        throw internal(`remove volume "${volume.name}"`, error);
      }
      await failpoint("volume.remove");
      await rm(doomed, { recursive: true, force: true });
    });
  }

  async mount(volume: VolumeRecord, user: string): Promise<string> {
    return this.#lock.run(volume.name, async () => {
      const users = this.#users.get(volume.name) ?? new Set();
      // Also for a further user: somebody may have unmounted it behind our back.
      await this.#mountOwn(volume);
      users.add(user);
      this.#users.set(volume.name, users);
      return this.mountpoint(volume);
    });
  }

  async unmount(volume: VolumeRecord, user: string): Promise<void> {
    await this.#lock.run(volume.name, async () => {
      const users = this.#users.get(volume.name);
      if (!users?.has(user)) return;
      if (users.size === 1) await this.#unmountOwn(volume);
      users.delete(user);
      if (users.size === 0) this.#users.delete(volume.name);
    });
  }

  async #mountOwn(volume: VolumeRecord): Promise<void> {
    const own = localMountOf(volume.options);
    const target = this.mountpoint(volume);
    if (!own || this.#mounter.mountsBelow(target).includes(target)) return;
    await mkdir(target, { recursive: true, mode: 0o755 });
    await this.#mounter.mount(own, target);
  }

  async #unmountOwn(volume: VolumeRecord): Promise<boolean> {
    if (!localMountOf(volume.options)) return false;
    const target = this.mountpoint(volume);
    let done = false;
    while (this.#mounter.mountsBelow(target).includes(target)) {
      if (!(await this.#mounter.unmount(target))) break;
      done = true;
    }
    return done;
  }

  usage(volume: VolumeRecord): Promise<number> {
    return directorySize(this.mountpoint(volume));
  }

  async reconcile(
    volumes: readonly VolumeRecord[],
    users: ReadonlyMap<string, readonly string[]>,
  ): Promise<string[]> {
    const report: string[] = [];
    const known = new Map(volumes.map((volume) => [volume.name, volume]));
    await mkdir(this.#root, { recursive: true, mode: 0o701 });
    for (const entry of await readdir(this.#root)) {
      if (entry.startsWith(".removing-")) report.push(await this.#settleRemoval(entry, known));
      else if (!known.has(entry)) report.push(...(await this.#dropUnknown(entry)));
    }
    this.#users.clear();
    for (const volume of volumes) {
      if (!(await isDirectory(this.mountpoint(volume)))) {
        await this.#makeDirectories(volume);
        report.push(`made the missing directory of volume "${volume.name}"`);
      }
      const holders = users.get(volume.name) ?? [];
      if (holders.length > 0) this.#users.set(volume.name, new Set(holders));
      else if (await this.#unmountOwn(volume)) report.push(`unmounted volume "${volume.name}"`);
    }
    return report;
  }

  /** A removal that a crash cut short: taken back while the record is there, finished otherwise. */
  async #settleRemoval(entry: string, known: ReadonlyMap<string, VolumeRecord>): Promise<string> {
    const name = entry.slice(".removing-".length, entry.lastIndexOf("-"));
    const path = join(this.#root, entry);
    if (known.has(name) && !(await isDirectory(join(this.#root, name)))) {
      await rename(path, join(this.#root, name));
      return `took back the unfinished removal of volume "${name}"`;
    }
    await rm(path, { recursive: true, force: true });
    return `finished the removal of volume "${name}"`;
  }

  /** A directory without a record is removed only while it is empty: data is never deleted on a guess. */
  async #dropUnknown(name: string): Promise<string[]> {
    const directory = join(this.#root, name);
    if (!(await isDirectory(directory)) || this.#mounter.mountsBelow(directory).length > 0) return [];
    try {
      await rmdir(join(directory, "_data")).catch(unlessMissing);
      await rmdir(directory);
      return [`removed the half-made volume "${name}"`];
    } catch {
      return [`left the directory of the unknown volume "${name}" alone, it holds data`];
    }
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function isMissing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT";
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

async function syncDirectory(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}
