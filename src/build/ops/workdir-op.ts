import { posix } from "node:path";
import { closeFd, openRoot } from "../../sys/rooted-path.ts";
import type { WorkdirOperation } from "../plan/operation.ts";
import type { Op } from "../solver/op.ts";
import type { Tree } from "../solver/tree.ts";
import type { TreeStore } from "../trees/tree-store.ts";
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
    ...(operation.epoch !== undefined && { epoch: String(operation.epoch) }),
  }),
  run: ([base = { kind: "empty" }]) => makeDirectory(operation, base, trees),
});

async function makeDirectory({ path, epoch }: WorkdirOperation, base: Tree, trees: TreeStore): Promise<Tree> {
  await using open = new AsyncDisposableStack();
  const below = open.adopt(openRoot(open.use(await trees.open(base)).path), closeFd);
  const layer = open.use(await trees.layer(base));
  const root = open.adopt(openRoot(layer.path), closeFd);
  const parts = resolveInTree(below, posix.normalize(path));
  {
    using target = new TargetTree(root, below, { uid: 0, gid: 0 });
    // What is there already stays out of the layer.
    if (target.isDirectory(parts) !== true) {
      target.directory(parts);
      target.finish();
    }
  }
  return await layer.commit(epoch === undefined ? {} : { newest: epoch });
}
