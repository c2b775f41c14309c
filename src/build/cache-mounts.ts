import { createHash } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { KeyedLock } from "../lib/keyed-lock.ts";
import type { BuildCacheTable } from "../records/build-cache.ts";
import { removeLargeTree } from "../sys/remove-tree.ts";

export interface CacheMountWish {
  readonly id: string;
  readonly sharing: "shared" | "private" | "locked";
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  /** What a new one begins with. */
  fill(path: string): Promise<void>;
}

export interface CacheMountLease extends AsyncDisposable {
  readonly path: string;
}

export interface CacheMountLeases extends AsyncDisposable {
  readonly paths: readonly string[];
}

/**
 * Directories of RUN --mount=type=cache: `<data-root>/build/mounts/<number>`. Each has a record in
 * the build cache, by which it is listed and pruned; one that no record names is rubbish.
 */
export class CacheMounts {
  readonly #table: BuildCacheTable;
  readonly #root: string;
  readonly #now: () => number;
  /** How many steps use a record's directory. */
  readonly #users = new Map<string, number>();
  /** `locked`: one step at a time, in order. */
  readonly #locks = new KeyedLock();
  /** Directories are made and chosen one after the other. */
  readonly #choosing = new KeyedLock();

  constructor(table: BuildCacheTable, directory: string, now: () => number = Date.now) {
    this.#table = table;
    this.#root = join(directory, "mounts");
    this.#now = now;
  }

  /** All that a step wishes for, in its order. */
  async acquire(wishes: readonly CacheMountWish[], signal: AbortSignal): Promise<CacheMountLeases> {
    await using undo = new AsyncDisposableStack();
    for (const id of locksOf(wishes)) undo.defer(await this.#lock(id, signal));
    const paths: string[] = [];
    for (const wish of wishes) {
      const { id, path } = await this.#choosing.run(wish.id, () => this.#choose(wish));
      undo.defer(async () => this.#leave(id));
      paths.push(path);
    }
    const kept = undo.move();
    return { paths, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }

  /** For who brings its files elsewhere, or from there. */
  async hold(
    id: string,
    { make }: { readonly make: boolean },
    signal: AbortSignal,
  ): Promise<CacheMountLease | undefined> {
    const known = this.#table.atPlace(placeOf(id)).some(({ directory }) => directory !== undefined);
    if (!known && !make) return undefined;
    const sharing = make ? "locked" : "shared";
    const leases = await this.acquire(
      [{ id, sharing, uid: 0, gid: 0, mode: 0o755, fill: async () => {} }],
      signal,
    );
    const [path = ""] = leases.paths;
    return { path, [Symbol.asyncDispose]: () => leases[Symbol.asyncDispose]() };
  }

  isInUse(recordId: string): boolean {
    return this.#users.has(recordId);
  }

  pathOf(directory: string): string {
    return join(this.#root, directory);
  }

  async remove(recordId: string, directory: string): Promise<void> {
    this.#table.remove(recordId);
    await removeLargeTree(this.pathOf(directory));
  }

  /** Directories without a record, of a crash. */
  async repair(): Promise<string[]> {
    if (!existsSync(this.#root)) return [];
    const known = new Set(this.#table.list().map(({ directory }) => directory));
    const stray = readdirSync(this.#root).filter((name) => !known.has(name));
    for (const name of stray) await removeLargeTree(join(this.#root, name));
    return stray.map((name) => `removed directory ${name} of a cache mount`);
  }

  async #choose(wish: CacheMountWish): Promise<{ id: string; path: string }> {
    const known = this.#table
      .atPlace(placeOf(wish.id))
      .filter(({ directory }) => directory !== undefined && existsSync(this.pathOf(directory)));
    const found = known.find(({ id }) => wish.sharing !== "private" || !this.#users.has(id));
    const { id, directory } =
      found?.directory === undefined ? await this.#make(wish) : { id: found.id, directory: found.directory };
    this.#users.set(id, (this.#users.get(id) ?? 0) + 1);
    return { id, path: this.pathOf(directory) };
  }

  async #make(wish: CacheMountWish): Promise<{ id: string; directory: string }> {
    await using undo = new AsyncDisposableStack();
    const id = crypto.randomUUID().replaceAll("-", "").slice(0, 25);
    const path = join(this.#root, id);
    mkdirSync(path, { recursive: true, mode: 0o755 });
    undo.defer(() => removeLargeTree(path));
    await wish.fill(path);
    chownSync(path, wish.uid, wish.gid);
    chmodSync(path, wish.mode);
    this.#table.put(
      {
        id,
        key: `mount ${id}`,
        type: "exec.cachemount",
        directory: id,
        description: `cached mount ${wish.id} from exec`,
        place: placeOf(wish.id),
        facts: {},
        inputs: [],
        parents: [],
        createdAt: new Date(this.#now()).toISOString(),
      },
      {},
    );
    undo.move();
    return { id, directory: id };
  }

  #leave(id: string): void {
    const left = (this.#users.get(id) ?? 1) - 1;
    if (left > 0) this.#users.set(id, left);
    else this.#users.delete(id);
    this.#table.used([id], new Date(this.#now()).toISOString());
  }

  /** Resolves with the unlocking when it is this one's turn. */
  #lock(id: string, signal: AbortSignal): Promise<() => void> {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    void this.#locks.run(id, async () => {
      signal.removeEventListener("abort", leave);
      if (signal.aborted) return;
      const held = Promise.withResolvers<void>();
      resolve(() => held.resolve());
      await held.promise;
    });
    return promise;
  }
}

/** Each once, and always in the same order: two steps never wait for each other. */
function locksOf(wishes: readonly CacheMountWish[]): string[] {
  const locked = wishes.filter(({ sharing }) => sharing === "locked");
  return [...new Set(locked.map(({ id }) => id))].sort();
}

const placeOf = (id: string): string =>
  `cachemount ${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
