import { binarySize } from "../format/human-size.ts";
import { clip, fit } from "../full-screen/fit.ts";
import { scrollTo } from "../full-screen/scroll.ts";
import type { Paint } from "../terminal/colours.ts";
import type { WindowSize } from "../terminal/tty.ts";
import { type Column, columnsFor, fittingColumns } from "./columns.ts";
import { isLive, selectRows, type TopRow } from "./rows.ts";
import { indexOfChosen, type TopState } from "./state.ts";

export interface Machine {
  readonly name: string;
  readonly processors: number;
  readonly memory: number;
}

export interface TopFrame {
  readonly rows: readonly TopRow[];
  readonly machine: Machine;
  readonly state: TopState;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Why there is nothing new, when the engine does not answer. */
  readonly trouble?: string;
}

/** Title, heads and help. */
const frameRows = 4;

export function listHeight({ rows }: WindowSize): number {
  return Math.max(1, rows - frameRows);
}

/** The whole screen: exactly as many lines as the window has rows. */
export function drawTop(frame: TopFrame, size: WindowSize, paint: Paint): string[] {
  const { state, rows, machine } = frame;
  const shown = selectRows(rows, state);
  const height = listHeight(size);
  const { columns, name } = fittingColumns(
    columnsFor(machine.memory),
    size.columns,
    Math.max(0, ...shown.map((row) => Bun.stringWidth(row.name))),
  );
  const at = indexOfChosen(state, shown);
  const top = scrollTo(state.top, at, height, shown.length);
  const body = state.help
    ? helpLines(size.columns, height, paint)
    : shown
        .slice(top, top + height)
        .map((row, index) => rowLine(row, columns, name, size.columns, top + index === at, frame.now, paint));
  if (!state.help && shown.length === 0) body.push(paint(emptyText(state, rows), "dim"));
  const lines = [
    titleLine(frame, shown.length, size.columns, paint),
    "",
    headLine(columns, name, state, size.columns, paint),
    ...Array.from({ length: height }, (_, row) => body[row] ?? ""),
    footLine(frame, size.columns, paint),
  ];
  return lines.slice(0, size.rows);
}

function titleLine(
  { rows, machine, state, trouble }: TopFrame,
  shown: number,
  columns: number,
  paint: Paint,
): string {
  const live = rows.filter(isLive).length;
  const sum = (pick: (row: TopRow) => number | undefined) =>
    rows.reduce((total, row) => total + (pick(row) ?? 0), 0);
  const cpu = sum(({ usage }) => usage?.cpu);
  const memory = sum(({ usage }) => usage?.memory);
  const parts = [
    `${live} running${rows.length > live ? `, ${rows.length - live} not` : ""}`,
    ...(state.filter !== "" && !state.typing ? [`filter “${state.filter}”: ${shown}`] : []),
    `cpu ${cpu.toFixed(0)}% of ${machine.processors * 100}%`,
    `memory ${binarySize(memory, 3)} of ${binarySize(machine.memory, 3)}`,
  ];
  const flag = trouble !== undefined ? ` ${trouble} ` : state.frozen ? " paused " : "";
  const room = columns - Bun.stringWidth(flag) - 1;
  const name = clip(machine.name, Math.max(8, Math.floor(room / 4)));
  const rest = clip(parts.join("   "), room - Bun.stringWidth(name) - 3);
  const plain = ` ${name}   ${rest}`;
  const fill = " ".repeat(Math.max(0, columns - Bun.stringWidth(plain) - Bun.stringWidth(flag)));
  return ` ${paint(name, "bold")}   ${rest}${fill}${flag === "" ? "" : paint(flag, "reverse")}`;
}

function headLine(
  columns: readonly Column[],
  name: number,
  state: TopState,
  width: number,
  paint: Paint,
): string {
  const mark = state.reverse ? "▲" : "▼";
  const cells = columns.map((column) => {
    const isSorted = column.sort === state.sort;
    const title = isSorted && column.title.length < column.width ? `${column.title}${mark}` : column.title;
    return paint(
      fit(title, column.width, column.align),
      ...(isSorted ? (["bold", "underline"] as const) : (["bold"] as const)),
    );
  });
  const isSorted = state.sort === "name";
  const first = paint(
    fit(`NAME${isSorted ? mark : ""}`, name),
    ...(isSorted ? (["bold", "underline"] as const) : (["bold"] as const)),
  );
  return clipPainted(` ${[first, ...cells].join("  ")}`, width);
}

/** The cells were fitted already; a window narrower than the least is cut by the terminal's own edge. */
function clipPainted(text: string, width: number): string {
  return Bun.stringWidth(text) <= width ? text : text.slice(0, width);
}

function rowLine(
  row: TopRow,
  columns: readonly Column[],
  nameWidth: number,
  width: number,
  isChosen: boolean,
  now: number,
  paint: Paint,
): string {
  const name = fit(row.name, nameWidth);
  const cells = columns.map((column) => ({
    text: fit(column.text(row, now), column.width, column.align),
    styles: column.styles?.(row) ?? [],
  }));
  if (isChosen)
    return paint(fit(` ${[name, ...cells.map(({ text }) => text)].join("  ")}`, width), "reverse");
  const dim = isLive(row) ? [] : (["dim"] as const);
  return ` ${[paint(name, ...dim), ...cells.map(({ text, styles }) => paint(text, ...(styles.length > 0 ? styles : dim)))].join("  ")}`;
}

function emptyText({ filter, all }: TopState, rows: readonly TopRow[]): string {
  if (filter !== "") return ` nothing matches “${filter}”`;
  if (rows.length === 0) return " no containers";
  return all ? " no containers" : " nothing is running; a shows the others";
}

function footLine({ state }: TopFrame, columns: number, paint: Paint): string {
  if (state.confirm) {
    return paint(
      fit(` ${state.confirm.verb} ${state.confirm.name}? y yes, any other key no`, columns),
      "reverse",
    );
  }
  if (state.typing) return fit(` filter: ${state.filter}▏   enter keeps it, escape drops it`, columns);
  if (state.message !== "") return paint(fit(` ${state.message}`, columns), "yellow");
  const items = [
    "q quit",
    "? keys",
    "l logs",
    "x shell",
    "w why",
    "s stop",
    "r restart",
    "/ filter",
    state.all ? "a running" : "a all",
    state.frozen ? "space go on" : "space pause",
    "C M N T D P U sort",
  ];
  const line = items.reduce(
    (text, item) => (text.length + item.length + 3 > columns ? text : `${text}   ${item}`),
    "",
  );
  return paint(fit(line.slice(2), columns), "dim");
}

function helpLines(columns: number, height: number, paint: Paint): string[] {
  const keys = [
    ["↑ ↓ j k", "up and down; g G first and last, pgup pgdn a page"],
    ["enter l", "its log, as it grows"],
    ["x", "a shell in it"],
    ["w", "why it is as it is"],
    ["s r K p", "stop (or start), restart, kill, pause (or go on): asks first"],
    ["/", "filter by name, image, state or health; escape drops it"],
    ["a", "all containers, or only those that run"],
    ["space", "let the numbers stand still"],
    ["C M N", "sort by processor, memory, name; the same again: the other way round"],
    ["T D P", "by network traffic, disk, processes"],
    ["U R S", "by time running, restarts, state"],
    ["q", "quit"],
  ];
  const lines = keys.map(
    ([key = "", text = ""]) => `   ${paint(fit(key, 10), "bold")}${clip(text, columns - 14)}`,
  );
  return ["", ...lines].slice(0, height);
}
