/** Which files of a tree count: `contentDigest` in content-digest.ts answers for them. */
export interface ContentSelection {
  /** From the tree's root; wildcards as COPY has them, links above the last part are followed. `["/"]`: all. */
  readonly paths: readonly string[];
  /** Patterns as of an ignore file, relative to what a path names, or to the root with `parents`. */
  readonly excludes: readonly string[];
  /** `plain`: owners do not count, because the copy gives other ones. */
  readonly owners: "count" | "plain";
  /** As `COPY --parents` reads paths: `**` for directories of any depth, `/./` marks where names begin. */
  readonly parents?: boolean;
}

export const wholeTree: ContentSelection = { paths: ["/"], excludes: [], owners: "count" };
