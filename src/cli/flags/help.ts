import type { FlagSet } from "./flag.ts";

/** The flag list of `--help`, laid out as Docker's CLI does it. */
export function formatFlags(flags: FlagSet, width = 80): string {
  const rows = Object.entries(flags)
    .filter(([, flag]) => !flag.hidden)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => {
      const short = flag.short ? `-${flag.short}, ` : "    ";
      const placeholder = flag.placeholder === "" ? "" : ` ${flag.placeholder}`;
      const fallback = flag.defaultText === undefined ? "" : ` (default ${flag.defaultText})`;
      return { left: `  ${short}--${name}${placeholder}`, right: flag.help + fallback };
    });
  const column = Math.max(...rows.map((row) => row.left.length), 0) + 3;
  return rows
    .map((row) => {
      const lines = wrap(row.right, Math.max(width - column, 24));
      return row.left.padEnd(column) + lines.join(`\n${" ".repeat(column)}`);
    })
    .join("\n");
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
