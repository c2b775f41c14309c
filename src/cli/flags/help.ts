import type { Flag, FlagSet } from "./flag.ts";

/** Where the window's width is not known. */
export const usualWidth = 80;

/** The flag list of `--help`, laid out as Docker's CLI does it (pflag's wrapping, to the letter). */
export function formatFlags(flags: FlagSet, window = usualWidth): string {
  const rows = Object.entries(flags)
    .filter(([, flag]) => !flag.hidden && flag.deprecated === undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => ({ left: leftOf(name, flag), right: rightOf(flag) }));
  const column = Math.max(...rows.map((row) => row.left.length), 0) + 3;
  return rows.map(({ left, right }) => left.padEnd(column) + wrap(column, window - 1, right)).join("\n");
}

function leftOf(name: string, flag: Flag<unknown>): string {
  const short = flag.short ? `-${flag.short}, ` : "    ";
  const placeholder = flag.placeholder === "" ? "" : ` ${flag.placeholder}`;
  const alone =
    flag.alone === undefined || flag.placeholder === ""
      ? ""
      : `[=${flag.placeholder === "string" ? JSON.stringify(flag.alone) : flag.alone}]`;
  return `  ${short}--${name}${placeholder}${alone}`;
}

function rightOf(flag: Flag<unknown>): string {
  return flag.help + (flag.defaultText === undefined ? "" : ` (default ${flag.defaultText})`);
}

/** A line may be this much longer when that ends the text: no lonely word on a line of its own. */
const slop = 5;
const narrowest = 24;

function wrap(column: number, width: number, text: string): string {
  let indent = column;
  let first = "";
  if (width - indent < narrowest) {
    indent = 16;
    first = `\n${" ".repeat(indent)}`;
  }
  const room = width - indent - slop;
  if (room + slop < narrowest) return text.replaceAll("\n", first || `\n${" ".repeat(column)}`);
  const lines: string[] = [];
  for (let rest = text, line = ""; rest !== "" || lines.length === 0; ) {
    [line, rest] = takeLine(room, rest);
    lines.push(line);
  }
  return first + lines.join("\n").replaceAll("\n", `\n${" ".repeat(indent)}`);
}

/** What goes on the next line, and what is left. A line feed in the text ends a line only when the line is full. */
function takeLine(room: number, text: string): [line: string, rest: string] {
  if (room + slop > Buffer.byteLength(text)) return [text, ""];
  const head = text.slice(0, room);
  const space = Math.max(head.lastIndexOf(" "), head.lastIndexOf("\t"), head.lastIndexOf("\n"));
  if (space <= 0) return [text, ""];
  const feed = head.lastIndexOf("\n");
  const at = feed > 0 && feed < space ? feed : space;
  return [text.slice(0, at), text.slice(at + 1)];
}
