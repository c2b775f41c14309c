/**
 * What an operation gives: files that do not change any more. A snapshot is a committed name of the
 * snapshotter (the top of its layers); a directory is a received context, read in place.
 */
export type Tree =
  | { readonly kind: "empty" }
  | { readonly kind: "snapshot"; readonly name: string }
  | { readonly kind: "directory"; readonly path: string };

/** Some paths of a tree as one number: names, kinds, modes, owners and contents, never times. */
export interface ContentDigest {
  readonly digest: string;
  /** Each path that went in with its own digest, sorted, so that a build can say which one changed. */
  readonly entries: readonly (readonly [path: string, digest: string])[];
}
