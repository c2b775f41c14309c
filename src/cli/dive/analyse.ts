import type { LayerEntry } from "./layer-entries.ts";
import type { ReadImage } from "./read-image.ts";

export type ChangeKind = "added" | "changed" | "removed" | "same";

/** One file of a file system, and what a layer did to it. */
export interface FileNode {
  readonly name: string;
  readonly entry: LayerEntry;
  readonly kind: ChangeKind;
  /** Ordered by name; empty for all but directories. */
  readonly children: readonly FileNode[];
  /** Of itself and everything below it that is not removed; of what is removed, what it was. */
  readonly size: number;
  /** Whether something of this kind is at or below it. */
  readonly holds: Readonly<Record<ChangeKind, boolean>>;
}

export interface Change {
  readonly path: string;
  readonly kind: "added" | "changed" | "removed";
  readonly type: LayerEntry["type"];
  /** Bytes this layer carries for it; of a removed file, what it had below. */
  readonly size: number;
}

export interface LayerAnalysis {
  readonly id: string;
  readonly command: string;
  /** Bytes of all files it carries. */
  readonly size: number;
  readonly changes: readonly Change[];
  readonly counts: Readonly<Record<Change["kind"], number>>;
}

export interface Waste {
  readonly path: string;
  /** In how many layers it has bytes. */
  readonly layers: number;
  /** Bytes the final file system does not show. */
  readonly bytes: number;
}

export interface ImageAnalysis {
  readonly architecture: string;
  readonly layers: readonly LayerAnalysis[];
  /** Bytes of the files of all layers. */
  readonly total: number;
  readonly wasted: number;
  /** Share of the bytes that the final file system shows, 0 to 1. */
  readonly efficiency: number;
  /** The worst first. */
  readonly waste: readonly Waste[];
}

interface Merged {
  entry: LayerEntry;
  readonly children: Map<string, Merged>;
}

const whiteout = ".wh.";
const opaque = ".wh..wh..opq";

/** Lays the layers over each other and says what each of them did. */
export function analyse(image: ReadImage): ImageAnalysis {
  const root: Merged = { entry: rootEntry, children: new Map() };
  const carried = new Map<string, { layers: number; bytes: number }>();
  const layers = image.layers.map(({ id, command, entries }): LayerAnalysis => {
    const changes = applyLayer(root, entries);
    let size = 0;
    for (const { path, size: bytes } of entries) {
      if (bytes === 0 || path.includes(whiteout)) continue;
      size += bytes;
      const known = carried.get(path) ?? { layers: 0, bytes: 0 };
      carried.set(path, { layers: known.layers + 1, bytes: known.bytes + bytes });
    }
    return { id, command, size, changes, counts: countKinds(changes) };
  });
  const total = layers.reduce((sum, { size }) => sum + size, 0);
  const waste = [...carried].flatMap(([path, { layers: times, bytes }]): Waste[] => {
    const shown = find(root, path)?.entry.size ?? 0;
    return bytes > shown ? [{ path, layers: times, bytes: bytes - shown }] : [];
  });
  const wasted = waste.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    architecture: image.architecture,
    layers,
    total,
    wasted,
    efficiency: total === 0 ? 1 : (total - wasted) / total,
    waste: waste.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)),
  };
}

/** The tree of one layer's changes, or with `all` of the whole file system up to that layer. */
export function layerTree(image: ReadImage, index: number, all: boolean): FileNode {
  const root: Merged = { entry: rootEntry, children: new Map() };
  for (const { entries } of image.layers.slice(0, index)) applyLayer(root, entries);
  const gone = new Map<string, Merged>();
  const changes = applyLayer(root, image.layers[index]?.entries ?? [], gone);
  const kinds = new Map<string, ChangeKind>(changes.map(({ path, kind }) => [path, kind]));
  // What was removed is shown where it was.
  for (const [path, node] of gone) put(root, path, node);
  return freeze("", "", root, kinds, all, false) ?? emptyTree;
}

const rootEntry: LayerEntry = { path: "", type: "directory", mode: 0o755, uid: 0, gid: 0, size: 0 };
const nothing = { added: false, changed: false, removed: false, same: false };
const emptyTree: FileNode = {
  name: "",
  entry: rootEntry,
  kind: "same",
  children: [],
  size: 0,
  holds: nothing,
};

/** Removals count for what lies below the layer, whatever their place in its archive. */
function applyLayer(root: Merged, entries: readonly LayerEntry[], gone?: Map<string, Merged>): Change[] {
  const changes: Change[] = [];
  const removed = new Map<string, Merged>();
  for (const { path } of entries) {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    if (!name.startsWith(whiteout)) continue;
    const folder = slash < 0 ? "" : path.slice(0, slash);
    const parent = find(root, folder);
    const names = name === opaque ? [...(parent?.children.keys() ?? [])] : [name.slice(whiteout.length)];
    for (const one of names) {
      const node = parent?.children.get(one);
      if (!parent || !node) continue;
      parent.children.delete(one);
      removed.set(folder === "" ? one : `${folder}/${one}`, node);
    }
  }
  for (const entry of entries) {
    if (entry.path === "" || entry.path.slice(entry.path.lastIndexOf("/") + 1).startsWith(whiteout)) continue;
    const below = removed.get(entry.path);
    const { parent, name } = parentOf(root, entry.path);
    const known = parent.children.get(name);
    const before = known?.entry ?? below?.entry;
    if (below) {
      removed.delete(entry.path);
      for (const [child, node] of below.children) removed.set(`${entry.path}/${child}`, node);
    }
    if (known) {
      known.entry = entry;
      if (entry.type !== "directory") known.children.clear();
    } else parent.children.set(name, { entry, children: new Map() });
    if (before && isSame(before, entry)) continue;
    changes.push({
      path: entry.path,
      kind: before ? "changed" : "added",
      type: entry.type,
      size: entry.size,
    });
  }
  for (const [path, node] of removed) {
    changes.push({ path, kind: "removed", type: node.entry.type, size: weigh(node) });
    gone?.set(path, node);
  }
  return changes;
}

/** A directory in a layer is often only the way to what lies in it. */
function isSame(before: LayerEntry, entry: LayerEntry): boolean {
  return (
    before.type === "directory" &&
    entry.type === "directory" &&
    before.mode === entry.mode &&
    before.uid === entry.uid &&
    before.gid === entry.gid
  );
}

function parentOf(root: Merged, path: string): { parent: Merged; name: string } {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  let parent = root;
  let walked = "";
  for (const part of parts) {
    walked = walked === "" ? part : `${walked}/${part}`;
    let next = parent.children.get(part);
    if (!next) {
      next = { entry: { ...rootEntry, path: walked }, children: new Map() };
      parent.children.set(part, next);
    }
    parent = next;
  }
  return { parent, name };
}

function put(root: Merged, path: string, node: Merged): void {
  const { parent, name } = parentOf(root, path);
  if (!parent.children.has(name)) parent.children.set(name, node);
}

function find(root: Merged, path: string): Merged | undefined {
  if (path === "") return root;
  let node: Merged | undefined = root;
  for (const part of path.split("/")) node = node?.children.get(part);
  return node;
}

function weigh({ entry, children }: Merged): number {
  let size = entry.size;
  for (const child of children.values()) size += weigh(child);
  return size;
}

function countKinds(changes: readonly Change[]): LayerAnalysis["counts"] {
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const { kind } of changes) counts[kind]++;
  return counts;
}

function freeze(
  name: string,
  path: string,
  node: Merged,
  kinds: ReadonlyMap<string, ChangeKind>,
  all: boolean,
  inRemoved: boolean,
): FileNode | undefined {
  const kind = inRemoved ? "removed" : (kinds.get(path) ?? "same");
  const isGone = kind === "removed";
  const children = [...node.children]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([child, below]) => {
      const frozen = freeze(child, path === "" ? child : `${path}/${child}`, below, kinds, all, isGone);
      return frozen ? [frozen] : [];
    });
  if (!all && kind === "same" && children.length === 0) return undefined;
  const holds = { ...nothing, [kind]: true };
  let size = node.entry.size;
  for (const child of children) {
    if (isGone || child.kind !== "removed") size += child.size;
    holds.added ||= child.holds.added;
    holds.changed ||= child.holds.changed;
    holds.removed ||= child.holds.removed;
    holds.same ||= child.holds.same;
  }
  return { name, entry: node.entry, kind, children, size, holds };
}
