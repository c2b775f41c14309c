/**
 * What the builder keeps: results of steps by key, cache mounts, received sources. `doc` of the
 * table; the digests of files are a compressed column of their own, read for explanations alone.
 */
export interface BuildCacheRecord {
  /** Shown and pruned by. */
  readonly id: string;
  /** Of a step: what it is and what went in, as one number. Of a cache mount: its name. */
  readonly key: string;
  readonly type: "regular" | "exec.cachemount" | "source.local" | "source.git.checkout" | "internal";
  /** Name of its snapshot; absent for an empty tree, and for what is a directory. */
  readonly snapshot?: string;
  /** A directory below `<data-root>/build`. */
  readonly directory?: string;
  readonly description: string;
  /** What a step is without what went in: steps that differ in some fact or input have the same place. */
  readonly place: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly inputs: readonly BuildCacheInput[];
  /** Ids of the records it was made from. */
  readonly parents: readonly string[];
  readonly createdAt: string;
}

export interface BuildCacheInput {
  readonly role: string;
  /** Key of the input, or digest of the files that counted. */
  readonly digest: string;
  readonly byContent: boolean;
}

export interface BuildCacheRow extends BuildCacheRecord {
  readonly lastUsedAt: string | undefined;
  readonly usageCount: number;
  readonly size: number | undefined;
}

export interface BuildCacheTable {
  list(): BuildCacheRow[];
  byKey(key: string): BuildCacheRow | undefined;
  /** By what a step is and the keys of its inputs, without a look at any file. */
  byDefinition(definition: string): BuildCacheRow | undefined;
  get(id: string): BuildCacheRow | undefined;
  /** Of the same place, last used first. */
  atPlace(place: string): BuildCacheRow[];
  /**
   * From now on the key leads here; what it led to before stays under its id, as others may stand on
   * it. `entries`: digests of files, one array an input.
   */
  put(record: BuildCacheRecord, entries: BuildCacheEntries, definition?: string): void;
  define(definition: string, id: string): void;
  /** Digests of the files that counted, by role of the input. */
  entries(id: string): BuildCacheEntries;
  used(ids: readonly string[], at: string): void;
  setSize(id: string, size: number): void;
  remove(id: string): void;
}

export type BuildCacheEntries = Readonly<
  Record<string, readonly (readonly [path: string, digest: string])[]>
>;
