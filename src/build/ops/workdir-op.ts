import { posix } from "node:path";
import { closeFd, openRoot } from "../../sys/rooted-path.ts";
import type { WorkdirOperation } from "../plan/operation.ts";
import type { Op } from "../solver/op.ts";
import type { Tree } from "../solver/tree.ts";
import type { TreeStore } from "../trees/tree-store.ts";
import { findOwner } from "./copy/find-owner.ts";
import { resolveInTree } from "./copy/resolve-in-tree.ts";
import { TargetTree } from "./copy/target-tree.ts";
import type { OpMaker } from "./op-parts.ts";

/** WORKDIR: a directory, where there is none yet. */
export const workdirOp: OpMaker<"workdir"> = (operation, { trees, opOf }): Op => ({
  title: operation.title,
  ...(operation.fresh && { fresh: true }),
  inputs: [{ op: opOf(operation.base), role: "parent" }],
  facts: async () => ({
    operation: "workdir",
    path: operation.path,
    ...(operation.owner !== undefined && { owner: operation.owner }),
    ...(operation.epoch !== undefined && { epoch: String(operation.epoch) }),
  }),
  run: ([base = { kind: "empty" }]) => makeDirectory(operation, base, trees),
});

/** With a USER before it, the directory is that one's, as with BuildKit; the classic builder made it root's. */
async function makeDirectory(
  { path, owner, epoch }: WorkdirOperation,
  base: Tree,
  trees: TreeStore,
): Promise<Tree> {
  await using open = new AsyncDisposableStack();
  const shown = open.use(await trees.open(base)).path;
  const below = open.adopt(openRoot(shown), closeFd);
  const who = owner === undefined ? { uid: 0, gid: 0 } : findOwner(owner, shown);
  const layer = open.use(await trees.layer(base));
  const root = open.adopt(openRoot(layer.path), closeFd);
  const parts = resolveInTree(below, posix.normalize(path));
  {
    using target = new TargetTree(root, below, who);
    // What is there already stays out of the layer.
    if (target.isDirectory(parts) !== true) {
      target.directory(parts);
      target.finish();
    }
  }
  return await layer.commit(epoch === undefined ? {} : { newest: epoch });
}
