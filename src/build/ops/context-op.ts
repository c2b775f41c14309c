import { chmod, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { internal } from "../../errors/engine-error.ts";
import { type IgnoreMatcher, ignoreMatcher } from "../../lib/ignore-file.ts";
import { contentDigest } from "../contexts/content-digest.ts";
import { wholeTree } from "../contexts/content-selection.ts";
import type { Op } from "../solver/op.ts";
import type { Tree } from "../solver/tree.ts";
import { tarballTree } from "./download-op.ts";
import { gitTree } from "./git-op.ts";
import type { OpMaker } from "./op-parts.ts";

/** A context: the directory a client sent, read in place; what is remote gets a tree of its own, and is cached. */
// trail: build COPY
export const contextOp: OpMaker<"context"> = (operation, parts): Op => {
  const { source, title, ignore } = operation;
  if (source.kind === "git") return { title, ...gitTree({ url: source.url, keepGitDir: false }, parts) };
  if (source.kind === "http") return { title, ...tarballTree(source.url, parts) };
  return {
    title,
    inputs: [],
    facts: async () => ({}),
    run: async (): Promise<Tree> => {
      if (source.kind === "none") return { kind: "empty" };
      if (source.kind === "layout")
        throw internal(`context "${operation.name}" is an image, and was not resolved`);
      // Docker knows nothing of the directory itself: what it is copied to is like any other.
      await chmod(source.path, 0o755);
      await removeIgnored(source.path, ignore);
      return { kind: "directory", path: source.path };
    },
    identity: (tree, scope) => contentDigest(tree, wholeTree, parts.trees, scope),
  };
};

/** What the ignore file names is not there for anybody: the directory is the build's own. */
async function removeIgnored(directory: string, patterns: readonly string[]): Promise<void> {
  if (patterns.length > 0) await removeBelow(directory, "", ignoreMatcher(patterns));
}

async function removeBelow(directory: string, path: string, excludes: IgnoreMatcher): Promise<void> {
  for (const entry of await readdir(join(directory, path), { withFileTypes: true })) {
    const child = path === "" ? entry.name : `${path}/${entry.name}`;
    const excluded = excludes.isIgnored(child);
    if (excluded && !(entry.isDirectory() && excludes.mayIncludeBelow(child)))
      await rm(join(directory, child), { recursive: true, force: true });
    else if (entry.isDirectory()) {
      await removeBelow(directory, child, excludes);
      // Excluded, but for what was taken back in: without that it goes.
      if (excluded && (await readdir(join(directory, child))).length === 0)
        await rm(join(directory, child), { recursive: true });
    }
  }
}
