import type { Digest } from "../oci/digest.ts";

/**
 * Layered directories. A *key* is being written (a container's root, a layer being
 * unpacked); a *name* is frozen (the chain id of a stack of layers). `parent` is always
 * a name. Unpacking a layer is: prepare("unpack-1", parent), write through the mount or
 * `upper`, commit("unpack-1", chainId). Running a container is: prepare(containerId,
 * chainId of its image), mount, and remove(containerId) at the end.
 */
export interface Snapshotter {
  /** Starts a writable snapshot on top of `parent`, or an empty one. Throws `conflict` if the key exists. */
  prepare(key: string, parent?: string): Promise<Mount[]>;
  /** A read-only snapshot of `parent` under a key of its own, for looking inside an image. */
  view(key: string, parent: string): Promise<Mount[]>;
  /** The mounts of a key again, for example after a restart. */
  mounts(key: string): Promise<Mount[]>;
  /** `later`: how large it is will be found out when somebody asks. */
  commit(key: string, name: string, measure?: "now" | "later"): Promise<void>;
  /**
   * Gives a committed snapshot another name, as a hard link does with a file: it goes with its last
   * name. Throws `conflict` when the new name is taken.
   */
  link(name: string, another: string): Promise<void>;
  /** Notes the digest of the layer's tar, once somebody has packed it. */
  setDiffId(name: string, diffId: Digest): Promise<void>;
  /** Removes a key, or a name; with a last name the snapshot, on which nothing may stand. Not there is fine. */
  remove(keyOrName: string): Promise<void>;
  stat(keyOrName: string): Promise<SnapshotInfo | undefined>;
  usage(keyOrName: string): Promise<{ bytes: number; inodes: number }>;
  list(): Promise<SnapshotInfo[]>;
  /** The directory that holds what a key adds to its parent (overlay's upper), in on-disk whiteout form. */
  upper(key: string): Promise<string>;
  /** The same for a committed name: the directory of this one layer. */
  layerDirectory(name: string): Promise<string>;
  /** Removes what a crash left: directories without a row, keys `isWanted` does not want. Returns what went. */
  repair(isWanted: (key: string) => boolean): Promise<string[]>;
}

export interface SnapshotInfo {
  readonly name: string;
  readonly kind: "active" | "view" | "committed";
  /** A name of the snapshot it stands on. */
  readonly parent?: string;
  /** Further names of a committed one. */
  readonly others?: readonly string[];
  /** When a committed one was committed. */
  readonly created?: string;
  /** Of its layer, where that is known. */
  readonly diffId?: Digest;
}

export interface Mount {
  readonly type: "overlay" | "bind";
  readonly source: string;
  readonly options: readonly string[];
}
