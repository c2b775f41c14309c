import type { Condition } from "../scene.ts";
import type { Ink } from "./canvas.ts";

/** How a line looks: by what it waits for, and whether it must. */
export type LineStyle = "light" | "heavy" | "double" | "dashed";

export function styleOf({ condition, required }: { condition: Condition; required: boolean }): LineStyle {
  if (!required) return "dashed";
  switch (condition) {
    case "started":
      return "light";
    case "healthy":
      return "heavy";
    case "completed":
      return "double";
  }
  return condition satisfies never;
}

export const lineInks: Readonly<Record<LineStyle, readonly Ink[]>> = {
  light: ["grey"],
  heavy: ["green"],
  double: ["blue"],
  dashed: ["grey"],
};

/** By arms: up 1, down 2, left 4, right 8. */
const letters: Readonly<Record<LineStyle, string>> = {
  light: " ╵╷│╴╯╮┤╶╰╭├─┴┬┼",
  heavy: " ╹╻┃╸┛┓┫╺┗┏┣━┻┳╋",
  double: " ║║║═╝╗╣═╚╔╠═╩╦╬",
  dashed: " ╎╎╎╌╯╮┤╌╰╭├╌┴┬┼",
};

export function lineLetter(style: LineStyle, arms: number): string {
  return letters[style][arms] ?? " ";
}

const weight = { light: "light", dashed: "light", heavy: "heavy", double: "double" } as const;

const crossings: Readonly<Record<string, string>> = {
  "light light": "┼",
  "light heavy": "┿",
  "heavy light": "╂",
  "heavy heavy": "╋",
  "light double": "╪",
  "double light": "╫",
  "double double": "╬",
};

/** Two lines that have nothing to do with each other; where there is no letter, the upright one passes above. */
export function crossingLetter(vertical: LineStyle, horizontal: LineStyle): string {
  return crossings[`${weight[vertical]} ${weight[horizontal]}`] ?? lineLetter(vertical, 3);
}

/** Where a line leaves the lower side of a frame. */
export const exitLetters: Readonly<Record<LineStyle, string>> = {
  light: "┬",
  heavy: "┰",
  double: "╥",
  dashed: "┬",
};
