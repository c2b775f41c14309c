import type { Tree } from "../solver/tree.ts";

/**
 * Trees as directories of the host. Mount points lie below `<exec-root>/build`, and `repair` takes
 * away what a crash left there.
 */
export interface TreeStore {
  /** Read-only until disposed. */
  open(tree: Tree): Promise<OpenTree>;
  /**
   * A writable copy of a tree, mounted. `commit` freezes it under a name of the builder's own
   * (`build-…`; several names may lead to one snapshot, and images have names of theirs), without
   * reading what is in it and without waiting for the disk. Disposed without that, it is removed.
   */
  prepare(base: Tree): Promise<WritableTree>;
  /** The same without a mount: `path` is `upper`, for those who write a layer's files themselves. */
  layer(base: Tree): Promise<WritableTree>;
  /** The name of a snapshot with these files; a directory becomes one, of the builder's own. */
  asSnapshot(tree: Exclude<Tree, { kind: "empty" }>): Promise<string>;
  /** Whether what a record names is still there, whole. */
  has(tree: Tree): Promise<boolean>;
  /** Drops the builder's name for it; files that an image also has stay, and those others stand on, as long as these. */
  remove(tree: Tree): Promise<void>;
  /** Takes away what was dropped while something stood on it, where nothing does any more. */
  removeDropped(): Promise<void>;
  size(tree: Tree): Promise<number>;
  /** An image has the same files under a name of its own. */
  isShared(tree: Tree): Promise<boolean>;
  /** Another name of the builder's for the same files, to be removed apart: what a step gives that changes nothing. */
  alias(tree: Extract<Tree, { kind: "snapshot" }>): Promise<Tree>;
  /** Takes away mounts of a crash, and the builder's names that are not wanted. Before anything is built. */
  repair(isWanted?: (name: string) => boolean): Promise<string[]>;
}

export interface OpenTree extends AsyncDisposable {
  readonly path: string;
}

export interface WritableTree extends AsyncDisposable {
  /** The whole tree, writable. */
  readonly path: string;
  /** What was written so far, in overlay's on-disk form. */
  readonly upper: string;
  commit(options?: CommitOptions): Promise<Tree>;
}

export interface CommitOptions {
  /** Paths that go again where they are new and empty: what was made to mount on. */
  readonly mountPoints?: Iterable<string>;
  /** Times after this second are set to it. */
  readonly newest?: number;
}
