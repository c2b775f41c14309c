import { KeyedLock } from "../../lib/keyed-lock.ts";
import type { Digest } from "../../oci/digest.ts";
import { parseRepositoryName, type RepositoryName } from "./names.ts";
import { Repository, type RepositoryGround } from "./repository.ts";
import type { RegistryStorage } from "./storage/registry-storage.ts";

/** Wishes that are remembered: more than are made within a grace period on any but the largest registries. */
const mostWanted = 200_000;

/**
 * The repositories of a registry. Records, by key:
 *
 *     catalog/a!b                                    repository a/b is there
 *     repositories/a/b/_blobs/sha256-<hex>           the repository may show this blob; empty
 *     repositories/a/b/_manifests/sha256-<hex>       a line of JSON with the media type, then the manifest
 *     repositories/a/b/_tags/<tag>                   digest
 *     repositories/a/b/_referrers/sha256-<hex>/…     descriptor of a manifest with that subject
 *
 * No part of a repository's name begins with `_`, so none can reach into the records of another.
 */
export class Repositories implements RepositoryGround {
  readonly storage: RegistryStorage;
  readonly locks = new KeyedLock();
  /** When blobs were last asked for or linked, by `name@digest`: what a push counts on must not be swept. */
  readonly #wanted = new Map<string, number>();

  constructor(storage: RegistryStorage) {
    this.storage = storage;
  }

  open(name: RepositoryName): Repository {
    return new Repository(name, this);
  }

  /** All names, in the order of their bytes. */
  async names(): Promise<RepositoryName[]> {
    const found = await Array.fromAsync(this.storage.records.list("catalog"));
    return found.map((key) => parseRepositoryName(key.replaceAll("!", "/"))).sort();
  }

  async has(name: RepositoryName): Promise<boolean> {
    return (await this.storage.records.modified(catalogKey(name))) !== undefined;
  }

  /** Writes down that a repository is there. Not remembered: another process may have taken it away. */
  async note(name: RepositoryName): Promise<void> {
    if (!(await this.has(name))) await this.storage.records.put(catalogKey(name), new Uint8Array());
  }

  forget(name: RepositoryName): Promise<boolean> {
    return this.storage.records.delete(catalogKey(name));
  }

  /** Linking a blob and sweeping it exclude each other. */
  withBlob<T>(digest: Digest, work: () => Promise<T>): Promise<T> {
    return this.locks.run(`blob ${digest}`, work);
  }

  want(key: string): void {
    // Put anew, so that the first ones are always the oldest.
    this.#wanted.delete(key);
    this.#wanted.set(key, Date.now());
    const oldest = this.#wanted.keys().next();
    if (this.#wanted.size > mostWanted && !oldest.done) this.#wanted.delete(oldest.value);
  }

  unwant(key: string): void {
    this.#wanted.delete(key);
  }

  lastWanted(key: string): number {
    return this.#wanted.get(key) ?? 0;
  }

  /** Forgets wishes older than this. */
  trimWanted(before: number): void {
    for (const [key, at] of this.#wanted) {
      if (at >= before) return;
      this.#wanted.delete(key);
    }
  }
}

function catalogKey(name: RepositoryName): string {
  return `catalog/${name.replaceAll("/", "!")}`;
}
