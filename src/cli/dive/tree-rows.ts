import type { ChangeKind, FileNode } from "./analyse.ts";

/** One line of the tree as it is shown. */
export interface TreeRow {
  readonly node: FileNode;
  readonly path: string;
  /** The branches in front of the name. */
  readonly branch: string;
  readonly collapsed: boolean;
}

export interface TreeFilter {
  readonly hidden: ReadonlySet<ChangeKind>;
  /** Part of a path, in any case; empty for all. */
  readonly search: string;
}

/** Paths of directories that show what is in them. */
export type Expanded = ReadonlySet<string>;

/** The lines of a tree: only open directories go deeper; a search opens everything that leads to a hit. */
export function treeRows(root: FileNode, expanded: Expanded, filter: TreeFilter): TreeRow[] {
  const rows: TreeRow[] = [];
  const words = filter.search.toLowerCase();
  const shows = (node: FileNode) =>
    (["added", "changed", "removed", "same"] as const).some(
      (kind) => node.holds[kind] && !filter.hidden.has(kind),
    );
  const hits = words === "" ? undefined : findHits(root, words);
  const walk = (node: FileNode, path: string, indent: string) => {
    const below = node.children.filter(
      (child) => shows(child) && (!hits || hits.has(join(path, child.name))),
    );
    below.forEach((child, index) => {
      const isLast = index === below.length - 1;
      const at = join(path, child.name);
      const isOpen =
        child.children.length > 0 && (hits ? hits.get(at) === "way" || expanded.has(at) : expanded.has(at));
      rows.push({
        node: child,
        path: at,
        branch: `${indent}${isLast ? "└─ " : "├─ "}`,
        collapsed: child.children.length > 0 && !isOpen,
      });
      if (isOpen) walk(child, at, `${indent}${isLast ? "   " : "│  "}`);
    });
  };
  walk(root, "", "");
  return rows;
}

const join = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);

/** Paths that match, everything below them, and the ways to them. */
function findHits(root: FileNode, words: string): Map<string, "hit" | "way"> {
  const hits = new Map<string, "hit" | "way">();
  const walk = (node: FileNode, path: string, isBelow: boolean): boolean => {
    let found = false;
    for (const child of node.children) {
      const at = join(path, child.name);
      const isHit =
        child.name.toLowerCase().includes(words) || (words.includes("/") && at.toLowerCase().includes(words));
      const deeper = walk(child, at, isBelow || isHit);
      if (isHit || deeper || isBelow) hits.set(at, deeper ? "way" : "hit");
      found ||= isHit || deeper;
    }
    return found;
  };
  walk(root, "", false);
  return hits;
}

/** Every directory down to a depth that has at most so much in it. */
export function openTo(root: FileNode, depth: number, most = Number.POSITIVE_INFINITY): Set<string> {
  const open = new Set<string>();
  const walk = (node: FileNode, path: string, left: number) => {
    if (left === 0) return;
    for (const child of node.children) {
      if (child.children.length === 0) continue;
      const at = join(path, child.name);
      if (child.children.length > most) continue;
      open.add(at);
      walk(child, at, left - 1);
    }
  };
  walk(root, "", depth);
  return open;
}
