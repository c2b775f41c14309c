import type { LayerEntry } from "./layer-entries.ts";

const types: Readonly<Record<LayerEntry["type"], string>> = {
  file: "-",
  directory: "d",
  symlink: "l",
  hardlink: "-",
  char: "c",
  block: "b",
  fifo: "p",
};

/** As `ls -l` shows it: `drwxr-xr-x`. */
export function modeText({ type, mode }: Pick<LayerEntry, "type" | "mode">): string {
  const three = (bits: number, special: boolean, letter: string) =>
    `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${
      special ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? "x" : "-"
    }`;
  return [
    types[type],
    three(mode >> 6, (mode & 0o4000) !== 0, "s"),
    three(mode >> 3, (mode & 0o2000) !== 0, "s"),
    three(mode, (mode & 0o1000) !== 0, "t"),
  ].join("");
}
