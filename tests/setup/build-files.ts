import { chmodSync, lchownSync, lutimesSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contextOp } from "../../src/build/ops/context-op.ts";
import { copyOp } from "../../src/build/ops/copy-op.ts";
import { downloadOp } from "../../src/build/ops/download-op.ts";
import { gitOp } from "../../src/build/ops/git-op.ts";
import { imageOp } from "../../src/build/ops/image-op.ts";
import type { OpParts } from "../../src/build/ops/op-parts.ts";
import { workdirOp } from "../../src/build/ops/workdir-op.ts";
import type { CopyItem, CopyOperation, Operation } from "../../src/build/plan/operation.ts";
import type { Op, StepScope } from "../../src/build/solver/op.ts";
import type { Tree } from "../../src/build/solver/tree.ts";
import { OverlayTreeStore } from "../../src/build/trees/overlay-tree-store.ts";
import { exportTree } from "../../src/images/export/export-tree.ts";
import { TarReader } from "../../src/lib/tar/tar-reader.ts";
import { unmount } from "../../src/sys/mounts.ts";
import { makeImageStore } from "./image-stores.ts";

/** A file of a context: text, or more of it. Modes are those of an ordinary checkout. */
export type ContextFile =
  | string
  | { readonly text?: string; readonly mode?: number; readonly link?: string; readonly directory?: true };

/** All times in test contexts: the classic builder keeps them, and so does this one. */
export const contextTime = 1_600_000_000;

export function writeContext(directory: string, files: Readonly<Record<string, ContextFile>>): string {
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = typeof content === "string" ? { text: content } : content;
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    if (file.link !== undefined) symlinkSync(file.link, path);
    else if (file.directory) mkdirSync(path, { recursive: true });
    else writeFileSync(path, file.text ?? "");
    lchownSync(path, 0, 0);
    if (file.link === undefined) chmodSync(path, file.mode ?? (file.directory ? 0o755 : 0o644));
  }
  for (const name of Object.keys(files)) lutimesSync(join(directory, name), contextTime, contextTime);
  return directory;
}

/** What the operations of a build stand on, without a solver: each runs its inputs first. */
export function makeBuildFiles() {
  const store = makeImageStore();
  const directory = join(store.directory, "build");
  const runDirectory = join(store.directory, "run");
  const trees = new OverlayTreeStore(store.snapshots, runDirectory);
  for (const path of [directory, runDirectory]) mkdirSync(path);
  const said: string[] = [];
  const scope: StepScope = {
    signal: new AbortController().signal,
    onOutput: (_, bytes) => void said.push(Buffer.from(bytes).toString()),
    onProgress: () => {},
  };
  const unused = () => {
    throw new Error("these operations do not need it");
  };
  const parts: OpParts = {
    trees,
    images: store.images,
    directory,
    runDirectory,
    opOf: (operation) => makeOp(operation, parts),
    stepIdOf: () => 0,
    copyTree: unused,
    get executor() {
      return unused();
    },
    get cacheMounts() {
      return unused();
    },
    get request() {
      return { secrets: { read: async () => undefined } } as unknown as OpParts["request"];
    },
  };
  const solve = async (op: Op): Promise<Tree> => {
    const inputs = await Promise.all(op.inputs.map((input) => solve(input.op)));
    return op.run(inputs, scope);
  };
  return {
    ...store,
    trees,
    parts,
    scope,
    said,
    contexts: join(directory, "contexts"),
    run: (operation: Operation) => solve(makeOp(operation, parts)),
    [Symbol.asyncDispose]: async () => {
      await trees.repair();
      unmount(runDirectory);
      rmSync(runDirectory, { recursive: true, force: true });
      await store[Symbol.asyncDispose]();
    },
  };
}

export type BuildFiles = ReturnType<typeof makeBuildFiles>;

function makeOp(operation: Operation, parts: OpParts): Op {
  switch (operation.kind) {
    case "empty":
      return { title: "", inputs: [], facts: async () => ({}), run: async () => ({ kind: "empty" }) };
    case "image":
      return imageOp(operation, parts);
    case "context":
      return contextOp(operation, parts);
    case "copy":
      return copyOp(operation, parts);
    case "workdir":
      return workdirOp(operation, parts);
    case "download":
      return downloadOp(operation, parts);
    case "git":
      return gitOp(operation, parts);
    case "run":
      throw new Error("nothing runs here");
  }
}

export const scratch: Operation = { kind: "empty", title: "FROM scratch" };

export function contextOf(path: string, ignore: readonly string[] = []): Operation {
  return { kind: "context", title: "context", name: "", source: { kind: "directory", path }, ignore };
}

/** COPY as it is written: sources of one tree, or texts. */
export function copyOf(
  base: Operation,
  from: Operation,
  paths: readonly string[],
  destination: string,
  more: Partial<Omit<CopyOperation, "kind">> & { readonly unpack?: boolean } = {},
): CopyOperation {
  const { unpack = false, ...rest } = more;
  const items: CopyItem[] = [{ from, paths, unpack: unpack ? "archives" : "never" }];
  return {
    kind: "copy",
    title: "COPY",
    base,
    items,
    destination,
    link: false,
    parents: false,
    excludes: [],
    ...rest,
  };
}

/** A tree as lines: path, kind and mode, owner, size or target; with times where they matter. */
export async function listTree(
  files: BuildFiles,
  tree: Tree,
  options: { readonly times?: boolean } = {},
): Promise<string[]> {
  await using open = await files.trees.open(tree);
  return await listArchive(exportTree(open.path, { name: "" }), options);
}

export async function listArchive(
  archive: ReadableStream<Uint8Array>,
  options: { readonly times?: boolean } = {},
): Promise<string[]> {
  const reader = new TarReader(archive);
  const lines: string[] = [];
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    const hash = new Bun.CryptoHasher("sha256");
    for (let part = await reader.data(); part; part = await reader.data()) hash.update(part);
    const { path, type, mode, uid, gid, size, linkTarget, modified, xattrs } = entry;
    const what = linkTarget ?? (type === "file" ? `${size} ${hash.digest("hex").slice(0, 8)}` : "");
    const time = options.times && type !== "directory" ? ` ${modified.seconds}` : "";
    const attributes = xattrs ? ` ${[...xattrs.keys()].sort().join(",")}` : "";
    lines.push(
      `${path.replace(/^\.\//, "").replace(/\/$/, "")} ${type} ${mode.toString(8)} ${uid}:${gid} ${what}${time}${attributes}`.trimEnd(),
    );
  }
  return lines.sort();
}
