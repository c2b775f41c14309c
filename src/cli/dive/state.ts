import { scrollTo, within } from "../full-screen/scroll.ts";
import type { Key } from "../terminal/keys.ts";
import type { ChangeKind, FileNode } from "./analyse.ts";
import { openTo, type TreeRow, treeRows } from "./tree-rows.ts";

/** Everything on the screen of `dive`. */
export interface DiveState {
  readonly pane: "layers" | "tree";
  readonly layer: number;
  /** The whole file system instead of one layer's changes. */
  readonly all: boolean;
  readonly hidden: ReadonlySet<ChangeKind>;
  readonly search: string;
  /** Keys go into the search. */
  readonly typing: boolean;
  readonly help: boolean;
  readonly root: FileNode;
  readonly expanded: ReadonlySet<string>;
  readonly rows: readonly TreeRow[];
  readonly row: number;
  readonly top: number;
}

export interface DiveModel {
  readonly layers: number;
  /** The tree of a layer; may take a moment for big images. */
  tree(layer: number, all: boolean): FileNode;
  /** Rows of the tree on the screen, for paging. */
  height(): number;
}

export function firstState(model: DiveModel): DiveState {
  const state = {
    pane: "layers",
    layer: 0,
    all: false,
    hidden: new Set<ChangeKind>(),
    search: "",
    typing: false,
    help: false,
    expanded: new Set<string>(),
    rows: [],
    row: 0,
    top: 0,
  } as const;
  return withTree(state, model);
}

/** The state after a key; undefined when it ends the program. */
export function afterKey(state: DiveState, key: Key, model: DiveModel): DiveState | undefined {
  if (key.name === "ctrl-c") return undefined;
  if (state.typing) return typed(state, key, model);
  if (state.help) return { ...state, help: false };
  switch (key.name) {
    case "q":
      return undefined;
    case "escape":
      return state.search === "" ? state : refresh({ ...state, search: "", row: 0 }, model);
    case "?":
    case "h":
      return { ...state, help: true };
    case "tab":
    case "shift-tab":
      return { ...state, pane: state.pane === "layers" ? "tree" : "layers" };
    case "/":
      return { ...state, typing: true, pane: "tree" };
    case "f":
      return withTree({ ...state, all: !state.all }, model);
    case "a":
      return toggled(state, "added", model);
    case "c":
      return toggled(state, "changed", model);
    case "r":
      return toggled(state, "removed", model);
    case "u":
      return toggled(state, "same", model);
    default:
      return state.pane === "layers" ? inLayers(state, key, model) : inTree(state, key, model);
  }
}

function typed(state: DiveState, key: Key, model: DiveModel): DiveState {
  if (key.name === "enter") return { ...state, typing: false };
  if (key.name === "escape") return refresh({ ...state, typing: false, search: "", row: 0 }, model);
  const search = key.name === "backspace" ? [...state.search].slice(0, -1).join("") : state.search + key.text;
  return search === state.search ? state : refresh({ ...state, search, row: 0 }, model);
}

function toggled(state: DiveState, kind: ChangeKind, model: DiveModel): DiveState {
  const hidden = new Set(state.hidden);
  if (!hidden.delete(kind)) hidden.add(kind);
  return refresh({ ...state, hidden }, model);
}

function inLayers(state: DiveState, key: Key, model: DiveModel): DiveState {
  const moved = {
    up: -1,
    k: -1,
    down: 1,
    j: 1,
    home: -model.layers,
    g: -model.layers,
    end: model.layers,
    G: model.layers,
  }[key.name];
  if (moved === undefined)
    return key.name === "enter" || key.name === "right" ? { ...state, pane: "tree" } : state;
  const layer = within(state.layer + moved, model.layers);
  return layer === state.layer ? state : withTree({ ...state, layer }, model);
}

function inTree(state: DiveState, key: Key, model: DiveModel): DiveState {
  const { rows, row } = state;
  const page = Math.max(1, model.height() - 1);
  const moves: Readonly<Record<string, number>> = {
    ...{ up: -1, k: -1, down: 1, j: 1, pageup: -page, "ctrl-b": -page, pagedown: page, "ctrl-f": page },
    ...{ home: -rows.length, g: -rows.length, end: rows.length, G: rows.length },
  };
  const moved = moves[key.name];
  if (moved !== undefined) return seen({ ...state, row: within(row + moved, rows.length) }, model);
  const chosen = rows[row];
  switch (key.name) {
    case "enter":
    case "space":
      return chosen ? opened(state, chosen, chosen.collapsed, model) : state;
    case "right":
    case "l":
      return chosen?.collapsed ? opened(state, chosen, true, model) : state;
    case "left":
      return chosen ? closedOrUp(state, chosen, model) : state;
    case "e":
      return refresh({ ...state, expanded: openTo(state.root, Number.POSITIVE_INFINITY) }, model);
    case "E":
      return refresh({ ...state, expanded: new Set(), row: 0 }, model);
    default:
      return state;
  }
}

function opened(state: DiveState, { path, node }: TreeRow, open: boolean, model: DiveModel): DiveState {
  if (node.children.length === 0) return state;
  const expanded = new Set(state.expanded);
  if (open) expanded.add(path);
  else expanded.delete(path);
  return refresh({ ...state, expanded }, model);
}

function closedOrUp(state: DiveState, chosen: TreeRow, model: DiveModel): DiveState {
  if (chosen.node.children.length > 0 && !chosen.collapsed) return opened(state, chosen, false, model);
  const folder = chosen.path.slice(0, Math.max(0, chosen.path.lastIndexOf("/")));
  const row = state.rows.findIndex(({ path }) => path === folder);
  return row < 0 ? state : seen({ ...state, row }, model);
}

/** At first the upper levels are open, but no crowded folder: they are what one wants to see at once. */
const firstDepth = 3;
const crowded = 15;

function withTree(state: Omit<DiveState, "root">, model: DiveModel): DiveState {
  const root = model.tree(state.layer, state.all);
  return refresh({ ...state, root, expanded: openTo(root, firstDepth, crowded), row: 0, top: 0 }, model);
}

function refresh(state: DiveState, model: DiveModel): DiveState {
  const rows = treeRows(state.root, state.expanded, state);
  return seen({ ...state, rows, row: within(state.row, rows.length) }, model);
}

function seen(state: DiveState, model: DiveModel): DiveState {
  return { ...state, top: scrollTo(state.top, state.row, model.height(), state.rows.length) };
}
