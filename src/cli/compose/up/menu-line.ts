import { clip } from "../../full-screen/fit.ts";
import type { Paint } from "../../terminal/colours.ts";
import type { Key } from "../../terminal/keys.ts";

export interface MenuState {
  /** Undefined: no service says what to watch. */
  readonly watching: boolean | undefined;
  readonly stopping: boolean;
  /** What is waited for. */
  readonly doing: string;
  /** Something to say for a moment, instead of the keys. */
  readonly notice: string;
}

export type MenuAction = "detach" | "stop" | "watch" | "suspend" | "blank line";

/** The keys there are, on one line under the logs. */
export function menuLine(
  { watching, stopping, doing, notice }: MenuState,
  columns: number,
  paint: Paint,
): string {
  if (notice !== "") return paint(clip(notice, columns - 1), "yellow");
  if (stopping) return paint(clip("Stopping… press Ctrl+C again to kill", columns - 1), "dim");
  const keys = [
    ...(watching === undefined ? [] : [["w", `${watching ? "Disable" : "Enable"} Watch`] as const]),
    ["d", "Detach"] as const,
    ["q", "Stop"] as const,
  ];
  let line = "";
  let room = columns - 1;
  for (const [key, says] of keys) {
    const gap = line === "" ? "" : "   ";
    const width = gap.length + 3 + 1 + says.length;
    if (width > room) break;
    room -= width;
    line += `${gap}${paint(` ${key} `, "reverse")} ${paint(says, "dim")}`;
  }
  return doing === "" || room < 10 ? line : `${line}   ${paint(clip(doing, room - 3), "yellow")}`;
}

export function menuAction({ name }: Key): MenuAction | undefined {
  switch (name) {
    case "d":
      return "detach";
    case "q":
    case "ctrl-c":
      return "stop";
    case "w":
      return "watch";
    case "ctrl-z":
      return "suspend";
    case "enter":
      return "blank line";
    default:
      return undefined;
  }
}
