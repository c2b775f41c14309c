import { exitCode } from "../exit-code.ts";
import { fitLines } from "./fit-window.ts";
import { goJson } from "./go-json.ts";
import { ListRow } from "./list-row.ts";
import { type TemplateOptions, template, unescapeFormat } from "./template.ts";

/** How rows of one kind are listed, for `--format` and without it. */
export interface ListLayout {
  /** Columns when nobody asks for others: a template with tabs between them. */
  readonly columns: string;
  /** Under `--quiet`. */
  readonly quiet?: string;
  /** Head of each field's column; a field that has none shows `<no value>`. */
  readonly headers: Readonly<Record<string, string | ((argument: unknown) => string)>>;
  /** What Go calls a row, in messages about fields that are not there. */
  readonly typeName?: string;
  /** The format is tried as a whole first; mistakes are counted from its beginning. */
  readonly checksWhole?: boolean;
  /** Words in front of what is wrong with a template, where they are not the usual ones. */
  readonly errors?: TemplateOptions;
  /** The long form some commands have under `--format raw`. */
  readonly raw?: { readonly full: string; readonly quiet: string };
}

export type Row = Readonly<Record<string, unknown>>;

/** The text of a list command: a table, `json`, `raw`, or a template per row. */
export function formatList(
  layout: ListLayout,
  rows: Iterable<Row>,
  options: {
    readonly format?: string;
    readonly quiet?: boolean;
    /** Of the window, where the table is looked at; only the usual columns are made to fit. */
    readonly width?: number | undefined;
  },
): string {
  const format = options.format || "table";
  if (format === "json") return [...rows].map((row) => `${goJson(new ListRow(row))}\n`).join("");
  const quiet = options.quiet && layout.quiet !== undefined;
  if (format === "raw" && layout.raw) {
    return each(quiet ? layout.raw.quiet : layout.raw.full, rows, layout);
  }
  if (format === "table")
    return quiet
      ? each(layout.quiet ?? "", rows, layout)
      : table(layout.columns, rows, layout, options.width);
  if (layout.checksWhole) checkWhole(format, rows, layout);
  if (!format.startsWith("table")) return each(format, rows, layout);
  return table(format.slice("table".length).trim(), rows, layout);
}

/** Tries the format with its `table`: what is wrong in it is said to be where it was typed. */
function checkWhole(format: string, rows: Iterable<Row>, layout: ListLayout): void {
  const [row = Object.fromEntries(Object.keys(layout.headers).map((name) => [name, ""]))] = rows;
  listTemplate(format, layout).format(new ListRow(row), layout.typeName);
}

function each(text: string, rows: Iterable<Row>, layout: ListLayout): string {
  const parsed = listTemplate(text, layout);
  return [...rows].map((row) => `${parsed.format(new ListRow(row), layout.typeName)}\n`).join("");
}

function table(columns: string, rows: Iterable<Row>, layout: ListLayout, width?: number): string {
  const parsed = listTemplate(columns, layout);
  const lines = [...rows].map((row) => parsed.format(new ListRow(row), layout.typeName));
  const all = [parsed.formatHead(layout.headers), ...lines];
  return alignColumns(width === undefined ? all : fitLines(all, width));
}

function listTemplate(text: string, layout: ListLayout) {
  return template(unescapeFormat(text), { parseExitCode: exitCode.failed, ...layout.errors });
}

/**
 * Go's tabwriter as Docker sets it up: cells end with a tab, a column is as wide as its widest
 * cell and three more, ten at least; what follows the last tab of a line is not padded. A
 * column ends where a line has no such cell.
 */
export function alignColumns(lines: readonly string[], minWidth = 10, padding = 3): string {
  const cells = lines.flatMap((line) => line.split("\n")).map((line) => line.split("\t"));
  const widths = cells.map((line) => line.map(() => 0));
  const most = Math.max(...cells.map((line) => line.length), 0);
  for (let column = 0; column < most - 1; column++) {
    for (let from = 0; from < cells.length; ) {
      let until = from;
      while (until < cells.length && (cells[until]?.length ?? 0) > column + 1) until++;
      const block = cells.slice(from, until);
      const width = Math.max(...block.map((line) => [...(line[column] ?? "")].length + padding), minWidth);
      for (const line of widths.slice(from, until)) line[column] = width;
      from = Math.max(until, from + 1);
    }
  }
  return cells
    .map((line, row) => {
      const text = line.map((cell, column) =>
        column === line.length - 1
          ? cell
          : cell + " ".repeat((widths[row]?.[column] ?? 0) - [...cell].length),
      );
      return `${text.join("")}\n`;
    })
    .join("");
}
