import { posix } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import { unpackTar } from "../../images/unpack/unpack-tar.ts";
import { ignoreMatcher } from "../../lib/ignore-file.ts";
import { span } from "../../lib/trace.ts";
import { closeFd, openRoot, statInRoot } from "../../sys/rooted-path.ts";
import { contentDigest } from "../contexts/content-digest.ts";
import { type FoundSource, findSources } from "../contexts/find-sources.ts";
import type { CopyItem, CopyOperation } from "../plan/operation.ts";
import type { Facts, Op, OpInput, StepScope } from "../solver/op.ts";
import type { Tree } from "../solver/tree.ts";
import type { OpenTree, TreeStore } from "../trees/tree-store.ts";
import { type Destination, ItemCopier, isDirectoryAt } from "./copy/copy-items.ts";
import { archiveBytes, isArchive } from "./copy/detect-archive.ts";
import { parseFileMode } from "./copy/file-mode.ts";
import { findOwner } from "./copy/find-owner.ts";
import { resolveInTree } from "./copy/resolve-in-tree.ts";
import { TargetTree } from "./copy/target-tree.ts";
import type { CopyRules } from "./copy/tree-copier.ts";
import type { OpMaker } from "./op-parts.ts";

type TreeItem = Extract<CopyItem, { from: unknown }>;

/** COPY and ADD: what of other trees goes where in this one. */
// trail: build COPY
export const copyOp: OpMaker<"copy"> = (operation, parts): Op => {
  const { trees } = parts;
  const sources = operation.items.filter((item) => "from" in item);
  const inputs = sources.map(
    (item, index): OpInput => ({
      op: parts.opOf(item.from),
      role: item.from.kind === "context" ? roleOf("context", index) : roleOf("source", index),
      content: (tree, scope) => contentDigest(tree, selectionOf(operation, item), trees, scope),
    }),
  );
  return {
    title: operation.title,
    ...(operation.fresh && { fresh: true }),
    inputs: [{ op: parts.opOf(operation.base), role: "parent" }, ...inputs],
    facts: async () => factsOf(operation),
    run: ([base = { kind: "empty" }, ...from], scope) =>
      span("build.copy", () => new CopyRun(operation, trees, scope).run(base, from)),
  };
};

function roleOf(what: string, index: number): string {
  return index === 0 ? what : `${what} ${index + 1}`;
}

function selectionOf({ owner, excludes, parents }: CopyOperation, { paths }: TreeItem) {
  return { paths, excludes, parents, owners: owner === undefined ? "count" : "plain" } as const;
}

function factsOf(operation: CopyOperation): Facts {
  const { destination, owner, mode, link, parents, excludes, epoch, items } = operation;
  const what = items.map((item) =>
    "from" in item ? [item.unpack, ...item.paths] : ["text", item.fileName, item.content],
  );
  return {
    operation: "copy",
    sources: JSON.stringify(what),
    destination,
    ...(owner !== undefined && { owner }),
    ...(mode !== undefined && { mode }),
    ...(link && { link: "true" }),
    ...(parents && { parents: "true" }),
    ...(excludes.length > 0 && { excludes: JSON.stringify(excludes) }),
    ...(epoch !== undefined && { epoch: String(epoch) }),
  };
}

/** One item with the tree it is from, opened, and what its paths lead to there. */
interface OpenItem {
  readonly item: TreeItem;
  readonly tree: Tree;
  readonly root: number;
  readonly found: readonly FoundSource[];
  readonly archives: ReadonlySet<FoundSource>;
}

class CopyRun {
  readonly #operation: CopyOperation;
  readonly #trees: TreeStore;
  readonly #scope: StepScope;

  constructor(operation: CopyOperation, trees: TreeStore, scope: StepScope) {
    this.#operation = operation;
    this.#trees = trees;
    this.#scope = scope;
  }

  async run(base: Tree, from: readonly Tree[]): Promise<Tree> {
    await using open = new AsyncDisposableStack();
    const { epoch, link } = this.#operation;
    const items = await this.#openItems(from, open);
    const hasArchives = [...items.values()].some(({ archives }) => archives.size > 0);
    // Archives may go through links of the base: the kernel knows best where those lead.
    const layer = open.use(await (hasArchives ? this.#trees.prepare(base) : this.#trees.layer(base)));
    const below = link || hasArchives ? undefined : await this.#rootOf(base, open);
    const owner = await this.#owner(base, open);
    const root = open.adopt(openRoot(layer.path), closeFd);
    const rules = this.#rules(owner);
    {
      using target = new TargetTree(root, below, owner ?? { uid: 0, gid: 0 });
      const destination = this.#destination(below ?? root, items);
      for (const item of this.#operation.items) {
        const opened = "from" in item ? items.get(item) : undefined;
        if (opened) await this.#copyItem(opened, target, rules, destination, layer.path);
        else if ("content" in item)
          new ItemCopier(target, { ...rules, mayLink: false }, destination).text(item.fileName, item.content);
      }
      target.finish();
    }
    return await layer.commit(epoch === undefined ? {} : { newest: epoch });
  }

  async #copyItem(
    { item, tree, root, found, archives }: OpenItem,
    target: TargetTree,
    rules: Omit<CopyRules, "mayLink">,
    destination: Destination,
    layerPath: string,
  ): Promise<void> {
    const copier = new ItemCopier(target, { ...rules, mayLink: tree.kind === "directory" }, destination);
    for (const source of found) {
      const { real } = source;
      if (archives.has(source))
        await this.#unpack(archiveBytes(root, real), target, rules, destination, layerPath);
      else if (this.#operation.parents) await copier.withParents(root, source);
      else await copier.source(root, source);
    }
    if (found.length === 0) this.#scope.onOutput(2, Buffer.from(`no files match ${item.paths.join(" ")}\n`));
  }

  async #unpack(
    archive: AsyncIterable<Uint8Array>,
    target: TargetTree,
    { owner }: Omit<CopyRules, "mayLink">,
    { parts }: Destination,
    layerPath: string,
  ): Promise<void> {
    target.directory(parts);
    await unpackTar(archive, layerPath, {
      destination: parts.join("/"),
      whiteouts: "none",
      ...(owner && { owner }),
      signal: this.#scope.signal,
    });
  }

  async #openItems(
    from: readonly Tree[],
    open: AsyncDisposableStack,
  ): Promise<ReadonlyMap<CopyItem, OpenItem>> {
    const items = new Map<CopyItem, OpenItem>();
    const { parents } = this.#operation;
    let next = 0;
    for (const item of this.#operation.items) {
      if (!("from" in item)) continue;
      const tree = from[next++] ?? { kind: "empty" };
      const root = await this.#rootOf(tree, open);
      const found = findSources(root, item.paths, { parents, isContext: item.from.kind === "context" });
      const archives = item.unpack === "archives" ? await findArchives(root, found) : new Set<FoundSource>();
      items.set(item, { item, tree, root, found, archives });
    }
    return items;
  }

  async #rootOf(tree: Tree, open: AsyncDisposableStack): Promise<number> {
    const { path }: OpenTree = open.use(await this.#trees.open(tree));
    return open.adopt(openRoot(path), closeFd);
  }

  async #owner(base: Tree, open: AsyncDisposableStack) {
    const { owner } = this.#operation;
    if (owner === undefined) return undefined;
    return findOwner(owner, open.use(await this.#trees.open(base)).path);
  }

  #rules(owner: CopyRules["owner"]): Omit<CopyRules, "mayLink"> {
    const { mode, excludes, epoch } = this.#operation;
    return {
      ...(owner && { owner }),
      ...(mode !== undefined && { mode: parseFileMode(mode) }),
      excludes: ignoreMatcher(excludes),
      ...(epoch !== undefined && { newest: epoch }),
      signal: this.#scope.signal,
    };
  }

  #destination(tree: number, items: ReadonlyMap<CopyItem, OpenItem>): Destination {
    const { destination, link, parents } = this.#operation;
    const clean = posix.normalize(destination);
    // A layer of its own cannot know where links of the base lead.
    const parts = link ? clean.split("/").filter((part) => part !== "") : resolveInTree(tree, clean);
    const found = statInRoot(tree, parts.join("/") || "/", { follow: false });
    const isDirectory = parents || destination.endsWith("/") || (found?.isDirectory() ?? false);
    const files = [...items.values()].flatMap(({ root, found: sources, archives }) =>
      sources.filter((source) => !archives.has(source) && !isDirectoryAt(root, source.real)),
    );
    if (!isDirectory && files.length > 1)
      throw invalidArgument(
        "When using COPY with more than one source file, the destination must be a directory and end with a /",
      );
    return { parts, isDirectory };
  }
}

async function findArchives(root: number, found: readonly FoundSource[]): Promise<Set<FoundSource>> {
  const archives = new Set<FoundSource>();
  for (const source of found) {
    const isFile = statInRoot(root, source.real || "/", { follow: false })?.isFile() === true;
    if (isFile && (await isArchive(root, source.real))) archives.add(source);
  }
  return archives;
}
