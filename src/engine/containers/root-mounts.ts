import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { KeyedLock } from "../../lib/keyed-lock.ts";
import type { ContainerId } from "../../records/container-record.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";

export interface MountCall {
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** The kernel calls this needs; `sys/mounts.ts` in production. */
export interface MountCalls {
  mountAll(mounts: readonly MountCall[], target: string): void;
  /** Lazily, so that it cannot fail because somebody looks at it. False when nothing is mounted there. */
  unmount(target: string): boolean;
}

/**
 * Root file systems of containers, mounted at `<exec-root>/rootfs/<id>` while somebody
 * uses them: the running container, a copy into a stopped one, an export, a commit.
 */
export class RootMounts {
  readonly #directory: string;
  readonly #snapshots: Snapshotter;
  readonly calls: MountCalls;
  readonly #users = new Map<ContainerId, number>();
  readonly #locks = new KeyedLock();

  constructor(execRoot: string, snapshots: Snapshotter, calls: MountCalls) {
    this.#directory = join(execRoot, "rootfs");
    this.#snapshots = snapshots;
    this.calls = calls;
  }

  pathOf(id: ContainerId): string {
    return join(this.#directory, id);
  }

  async acquire(id: ContainerId): Promise<string> {
    return this.#locks.run(id, async () => {
      const path = this.pathOf(id);
      const users = this.#users.get(id) ?? 0;
      if (users === 0) {
        const mounts = await this.#snapshots.mounts(id);
        await mkdir(path, { recursive: true, mode: 0o700 });
        this.calls.mountAll(mounts, path);
      }
      this.#users.set(id, users + 1);
      return path;
    });
  }

  async release(id: ContainerId): Promise<void> {
    await this.#locks.run(id, async () => {
      const users = this.#users.get(id) ?? 0;
      if (users > 1) {
        this.#users.set(id, users - 1);
        return;
      }
      this.#users.delete(id);
      this.calls.unmount(this.pathOf(id));
      await rmdir(this.pathOf(id)).catch(() => {});
    });
  }

  /** The mount of a container that runs on from before this engine: counted, not made. */
  adopt(id: ContainerId): void {
    this.#users.set(id, (this.#users.get(id) ?? 0) + 1);
  }

  /** Unmounts what a crash left of containers nobody uses. Returns what went. */
  async repair(isWanted: (id: string) => boolean): Promise<string[]> {
    const removed: string[] = [];
    for (const id of await readdir(this.#directory).catch(() => [])) {
      if (isWanted(id)) continue;
      const path = join(this.#directory, id);
      while (this.calls.unmount(path)) removed.push(`unmounted root of ${id}`);
      await rmdir(path);
    }
    return removed;
  }

  async with<T>(id: ContainerId, work: (root: string) => Promise<T>): Promise<T> {
    const root = await this.acquire(id);
    try {
      return await work(root);
    } finally {
      await this.release(id);
    }
  }
}
