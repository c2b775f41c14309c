import { constants } from "node:fs";
import { ignoreMatcher } from "../../../lib/ignore-file.ts";
import { closeFd, openInRoot, openRoot } from "../../../sys/rooted-path.ts";
import { TargetTree } from "./target-tree.ts";
import { TreeCopier } from "./tree-copier.ts";

/** All of a received directory into an empty layer. */
export async function importDirectory(directory: string, layer: string): Promise<void> {
  using open = new DisposableStack();
  const from = open.adopt(openRoot(directory), closeFd);
  const source = open.adopt(openInRoot(from, "/", constants.O_RDONLY | constants.O_DIRECTORY), closeFd);
  const root = open.adopt(openRoot(layer), closeFd);
  using target = new TargetTree(root, undefined, { uid: 0, gid: 0 });
  const { signal } = new AbortController();
  const copier = new TreeCopier(target, { mayLink: true, excludes: ignoreMatcher([]), signal });
  copier.attributes(source, target.directory([]));
  await copier.contents(source, [], "");
  target.finish();
}
