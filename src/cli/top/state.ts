import { scrollTo, within } from "../full-screen/scroll.ts";
import type { Key } from "../terminal/keys.ts";
import { isLive, type Selection, type SortKey, type TopRow } from "./rows.ts";

export type Verb = "stop" | "restart" | "kill" | "pause" | "unpause" | "start";

/** Everything on the screen of `top` that is not data. */
export interface TopState extends Selection {
  readonly chosen: string | undefined;
  readonly top: number;
  /** Keys go into the filter. */
  readonly typing: boolean;
  /** The numbers stand still. */
  readonly frozen: boolean;
  readonly confirm: { readonly verb: Verb; readonly id: string; readonly name: string } | undefined;
  readonly help: boolean;
  /** One line about what was done last. */
  readonly message: string;
}

export const firstTopState: TopState = {
  sort: "cpu",
  reverse: false,
  filter: "",
  all: false,
  chosen: undefined,
  top: 0,
  typing: false,
  frozen: false,
  confirm: undefined,
  help: false,
  message: "",
};

/** What a key asks for besides another state. */
export type TopEffect =
  | { readonly kind: "end" }
  | { readonly kind: "verb"; readonly verb: Verb; readonly id: string; readonly name: string }
  | { readonly kind: "logs" | "shell" | "why"; readonly id: string; readonly name: string };

export interface TopStep {
  readonly state: TopState;
  readonly effect?: TopEffect;
}

const sorts: Readonly<Record<string, SortKey>> = {
  C: "cpu",
  M: "memory",
  N: "name",
  T: "network",
  D: "disk",
  P: "pids",
  U: "uptime",
  R: "restarts",
  S: "state",
};

/** The next state; `rows` are those on the screen, `height` how many of them fit. */
export function afterTopKey(before: TopState, key: Key, rows: readonly TopRow[], height: number): TopStep {
  if (key.name === "ctrl-c") return { state: before, effect: { kind: "end" } };
  const state = { ...before, message: "" };
  if (state.confirm) return confirmed(state, key);
  if (state.typing) return { state: typed(state, key) };
  if (state.help) return { state: { ...state, help: false } };
  const sort = sorts[key.name];
  if (sort) return { state: { ...state, sort, reverse: state.sort === sort && !state.reverse } };
  const moved = moveBy(key.name, rows.length, height);
  if (moved !== undefined) return { state: move(state, moved, rows, height) };
  const chosen = chosenRow(state, rows);
  switch (key.name) {
    case "q":
      return { state, effect: { kind: "end" } };
    case "escape":
      return { state: { ...state, filter: "" } };
    case "/":
    case "f":
      return { state: { ...state, typing: true } };
    case "space":
      return { state: { ...state, frozen: !state.frozen } };
    case "a":
      return { state: { ...state, all: !state.all } };
    case "?":
    case "h":
      return { state: { ...state, help: true } };
    case "enter":
    case "l":
      return withChosen(state, "logs", chosen);
    case "x":
    case "e":
      if (chosen && chosen.state !== "running")
        return { state: { ...state, message: `${chosen.name} does not run` } };
      return withChosen(state, "shell", chosen);
    case "w":
      return withChosen(state, "why", chosen);
    case "s":
      return ask(state, chosen && isLive(chosen) ? "stop" : "start", chosen);
    case "r":
      return ask(state, "restart", chosen);
    case "K":
      return ask(state, "kill", chosen);
    case "p":
      return ask(state, chosen?.state === "paused" ? "unpause" : "pause", chosen);
    default:
      return { state };
  }
}

function confirmed(state: TopState, key: Key): TopStep {
  const { confirm } = state;
  if (confirm && (key.name === "y" || key.name === "Y" || key.name === "enter")) {
    return { state: { ...state, confirm: undefined }, effect: { kind: "verb", ...confirm } };
  }
  return { state: { ...state, confirm: undefined } };
}

function typed(state: TopState, key: Key): TopState {
  if (key.name === "enter") return { ...state, typing: false };
  if (key.name === "escape") return { ...state, typing: false, filter: "" };
  const filter = key.name === "backspace" ? [...state.filter].slice(0, -1).join("") : state.filter + key.text;
  return { ...state, filter };
}

function moveBy(key: string, count: number, height: number): number | undefined {
  const page = Math.max(1, height - 1);
  const moves: Readonly<Record<string, number>> = {
    ...{ up: -1, k: -1, down: 1, j: 1, home: -count, g: -count, end: count, G: count },
    ...{ pageup: -page, "ctrl-b": -page, pagedown: page, "ctrl-f": page },
  };
  return moves[key];
}

function move(state: TopState, by: number, rows: readonly TopRow[], height: number): TopState {
  const at = within(indexOfChosen(state, rows) + by, rows.length);
  return { ...state, chosen: rows[at]?.id, top: scrollTo(state.top, at, height, rows.length) };
}

/** The first row as long as nobody chose another, or the chosen one is gone. */
export function indexOfChosen({ chosen }: Pick<TopState, "chosen">, rows: readonly TopRow[]): number {
  return Math.max(
    0,
    rows.findIndex(({ id }) => id === chosen),
  );
}

function chosenRow(state: TopState, rows: readonly TopRow[]): TopRow | undefined {
  return rows[indexOfChosen(state, rows)];
}

function withChosen(state: TopState, kind: "logs" | "shell" | "why", row: TopRow | undefined): TopStep {
  return row ? { state, effect: { kind, id: row.id, name: row.name } } : { state };
}

function ask(state: TopState, verb: Verb, row: TopRow | undefined): TopStep {
  return { state: row ? { ...state, confirm: { verb, id: row.id, name: row.name } } : state };
}
