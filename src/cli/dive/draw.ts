import { humanSize } from "../format/human-size.ts";
import { clip, fit, wrap } from "../full-screen/fit.ts";
import { scrollTo } from "../full-screen/scroll.ts";
import type { Paint, Style } from "../terminal/colours.ts";
import type { WindowSize } from "../terminal/tty.ts";
import type { ChangeKind, ImageAnalysis } from "./analyse.ts";
import { modeText } from "./mode-text.ts";
import type { DiveState } from "./state.ts";
import type { TreeRow } from "./tree-rows.ts";

export interface DiveFrame {
  readonly name: string;
  readonly analysis: ImageAnalysis;
  readonly state: DiveState;
}

/** Rows above and below the panes: title, summary, line, heads; line, help. */
const frameRows = 6;

export function treeHeight({ rows }: WindowSize): number {
  return Math.max(1, rows - frameRows);
}

/** The whole screen: exactly as many lines as the window has rows. */
export function drawDive({ name, analysis, state }: DiveFrame, size: WindowSize, paint: Paint): string[] {
  const { columns } = size;
  const height = treeHeight(size);
  const left = leftWidth(columns);
  const right = columns - left - 3;
  const bar = paint("│", "dim");
  const layers = state.help
    ? helpLines(left, height, paint)
    : layerPane(analysis, state, left, height, paint);
  const tree = treePane(state, right, height, paint);
  const heads = [
    head(state.help ? "Keys" : "Layers", left, state.pane === "layers", paint),
    head(treeTitle(state), right, state.pane === "tree", paint),
  ];
  const lines = [
    titleLine(name, analysis, columns, paint),
    summaryLine(analysis, columns, paint),
    paint(`${"─".repeat(left + 1)}┬${"─".repeat(right + 1)}`, "dim"),
    `${heads[0]} ${bar} ${heads[1]}`,
    ...Array.from(
      { length: height },
      (_, row) => `${layers[row] ?? " ".repeat(left)} ${bar} ${tree[row] ?? ""}`,
    ),
    paint(`${"─".repeat(left + 1)}┴${"─".repeat(right + 1)}`, "dim"),
    helpLine(state, columns, paint),
  ];
  return lines.slice(0, size.rows);
}

function leftWidth(columns: number): number {
  return Math.max(24, Math.min(Math.floor(columns * 0.42), 72));
}

function titleLine(name: string, { architecture }: ImageAnalysis, columns: number, paint: Paint): string {
  const extra = architecture === "" ? "" : `  linux/${architecture}`;
  const shown = clip(name, columns - extra.length - 1);
  return ` ${paint(shown, "bold")}${paint(extra, "dim")}`;
}

function summaryLine(analysis: ImageAnalysis, columns: number, paint: Paint): string {
  const { layers, total, wasted, efficiency } = analysis;
  const steps = layers.length === 1 ? "1 layer" : `${layers.length} layers`;
  const plain = ` ${steps}, ${humanSize(total)}   wasted ${humanSize(wasted)}   efficiency ${percent(efficiency)}`;
  if (plain.length > columns) return clip(plain, columns);
  return ` ${steps}, ${humanSize(total)}   wasted ${paint(humanSize(wasted), ...wasteStyle(analysis))}   efficiency ${paint(percent(efficiency), ...wasteStyle(analysis))}`;
}

function wasteStyle({ efficiency }: ImageAnalysis): Style[] {
  return efficiency >= 0.95 ? ["green"] : efficiency >= 0.85 ? ["yellow"] : ["red"];
}

/** Rounded down: only what wastes nothing is 100%. */
export function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10}%`;
}

function head(text: string, width: number, isActive: boolean, paint: Paint): string {
  return isActive ? paint(fit(` ${text}`, width), "reverse") : paint(fit(` ${text}`, width), "bold");
}

function treeTitle({ layer, all, search, typing }: DiveState): string {
  const what = all ? `All files up to layer ${layer + 1}` : `Changes of layer ${layer + 1}`;
  return search === "" && !typing ? what : `${what} with “${search}”`;
}

function layerPane(
  analysis: ImageAnalysis,
  state: DiveState,
  width: number,
  height: number,
  paint: Paint,
): string[] {
  const { layers } = analysis;
  const listed = Math.min(layers.length, Math.max(3, Math.floor(height / 2)));
  const top = scrollTo(Math.max(0, state.layer - Math.floor(listed / 2)), state.layer, listed, layers.length);
  const list = layers.slice(top, top + listed).map(({ size, command }, index) => {
    const number = top + index;
    const text = `${String(number + 1).padStart(3)} ${fit(humanSize(size), 7, "right")}  `;
    const line = text + fit(command || "(no command in its history)", width - text.length);
    return number === state.layer ? paint(line, "reverse") : line;
  });
  const room = height - list.length;
  const details = [
    ...layerDetails(analysis, state.layer, width, paint, room),
    ...wasteLines(analysis, width, paint),
  ];
  return [...list, ...details].slice(0, height);
}

function layerDetails(
  analysis: ImageAnalysis,
  index: number,
  width: number,
  paint: Paint,
  room: number,
): string[] {
  const layer = analysis.layers[index];
  if (!layer) return [];
  const { added, changed, removed } = layer.counts;
  const counts = `+${added} ~${changed} -${removed}`;
  const line = (text: string, ...styles: Style[]) => paint(fit(text, width), ...styles);
  const command = wrap(layer.command, width - 2);
  const most = Math.max(1, Math.min(command.length, Math.floor(room / 3)));
  return [
    line(""),
    line(` ${layer.id.replace(/^sha256:/, "").slice(0, 12)}   ${counts}`, "dim"),
    ...command.slice(0, most).map((text) => line(` ${text}`, "dim")),
    line(""),
  ];
}

function wasteLines({ waste }: ImageAnalysis, width: number, paint: Paint): string[] {
  if (waste.length === 0) return [];
  const rows = waste.slice(0, 50).map(({ path, layers, bytes }) => {
    const times = `${layers}×`;
    return `${fit(humanSize(bytes), 9, "right")} ${fit(times, 3, "right")} ${fit(`/${path}`, width - 14)}`;
  });
  return [paint(fit(" Wasted most by", width), "bold"), ...rows];
}

const marks: Readonly<Record<ChangeKind, { sign: string; styles: Style[] }>> = {
  added: { sign: "+", styles: ["green"] },
  changed: { sign: "~", styles: ["yellow"] },
  removed: { sign: "-", styles: ["red"] },
  same: { sign: " ", styles: [] },
};

function treePane(state: DiveState, width: number, height: number, paint: Paint): string[] {
  const { rows, top, row, pane } = state;
  if (rows.length === 0)
    return [paint(fit(state.search === "" ? " nothing to show" : " nothing found", width), "dim")];
  return rows.slice(top, top + height).map((one, index) => {
    const isChosen = pane === "tree" && top + index === row;
    return treeLine(one, width, isChosen, paint);
  });
}

function treeLine(
  { node, branch, collapsed }: TreeRow,
  width: number,
  isChosen: boolean,
  paint: Paint,
): string {
  const { sign, styles } = marks[node.kind];
  const { entry } = node;
  const wide = width >= 64;
  const owner = wide ? `${modeText(entry)} ${fit(`${entry.uid}:${entry.gid}`, 9)} ` : "";
  const size = node.size === 0 && entry.type !== "file" ? "" : humanSize(node.size);
  const front = `${sign} ${owner}${fit(size, 7, "right")} `;
  const link = entry.linkTarget === undefined ? "" : ` → ${entry.linkTarget}`;
  const more = collapsed ? " …" : "";
  const name = `${node.name}${entry.type === "directory" ? "/" : ""}${link}${more}`;
  const room = width - front.length;
  const tree = clip(branch, room);
  const text = fit(name, room - tree.length);
  if (isChosen) return paint(front + tree + text, "reverse");
  const shown: Style[] = styles.length > 0 ? styles : entry.type === "directory" ? ["bold"] : [];
  return `${paint(front, ...styles)}${paint(tree, "dim")}${paint(text, ...shown)}`;
}

function helpLine(state: DiveState, columns: number, paint: Paint): string {
  if (state.typing) return fit(` search: ${state.search}▏   enter keeps it, escape drops it`, columns);
  const shown = (key: string, kind: ChangeKind) =>
    `${key} ${state.hidden.has(kind) ? "show" : "hide"} ${kind}`;
  const items = [
    "q quit",
    "? keys",
    "tab other pane",
    "enter open",
    "/ search",
    state.all ? "f changes only" : "f all files",
    shown("a", "added"),
    shown("c", "changed"),
    shown("r", "removed"),
  ];
  const line = items.reduce(
    (text, item) => (text.length + item.length + 3 > columns ? text : `${text}   ${item}`),
    "",
  );
  return paint(fit(line.slice(2), columns), "dim");
}

function helpLines(width: number, height: number, paint: Paint): string[] {
  const keys = [
    ["tab", "the other pane"],
    ["↑ ↓ j k", "up and down"],
    ["g G", "first and last"],
    ["pgup pgdn", "a page"],
    ["enter space", "open or close a folder"],
    ["← →", "close, open"],
    ["e E", "open all, close all"],
    ["f", "changes, or all files"],
    ["a c r u", "added, changed, removed,"],
    ["", "unchanged: hide or show"],
    ["/", "search; escape drops it"],
    ["q", "quit"],
  ];
  const lines = keys.map(
    ([key = "", text = ""]) => `  ${paint(fit(key, 12), "bold")}${fit(text, width - 14)}`,
  );
  return [" ".repeat(width), ...lines].slice(0, height);
}
