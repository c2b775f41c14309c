import { isTerminal, standardOutput } from "./tty.ts";

/**
 * Whether what is written there may have colours: on a terminal that can show them, unless
 * NO_COLOR or CLICOLOR=0 forbid it; anywhere when CLICOLOR_FORCE asks for it.
 */
export function mayColour(env: NodeJS.ProcessEnv, fd: number = standardOutput): boolean {
  if (env.NO_COLOR) return false;
  if (env.CLICOLOR_FORCE && env.CLICOLOR_FORCE !== "0") return true;
  if (env.CLICOLOR === "0" || env.TERM === "dumb") return false;
  return isTerminal(fd);
}

const codes = {
  ...{ bold: 1, dim: 2, italic: 3, underline: 4, reverse: 7 },
  ...{ red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90 },
  ...{ brightRed: 91, brightGreen: 92, brightYellow: 93, brightBlue: 94, brightMagenta: 95, brightCyan: 96 },
} as const;

export type Style = keyof typeof codes;

export type Paint = (text: string, ...styles: Style[]) => string;

/** Paints, or leaves alone where there may be no colours. */
export function painter(wanted: boolean): Paint {
  if (!wanted) return (text) => text;
  return (text, ...styles) =>
    styles.length === 0 || text === ""
      ? text
      : `\x1b[${styles.map((style) => codes[style]).join(";")}m${text}\x1b[0m`;
}
