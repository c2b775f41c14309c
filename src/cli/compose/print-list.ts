import { invalidArgument } from "../../errors/engine-error.ts";
import { goJson } from "../format/go-json.ts";
import { alignColumns } from "../format/table.ts";

/** Lists of Compose that know no templates: a table with wide columns, or JSON in one line. */
export function printList(
  format: string,
  rows: readonly object[],
  head: readonly string[],
  cells: readonly (readonly string[])[],
): string {
  switch (format.toLowerCase()) {
    case "":
    case "table":
    case "pretty":
      return alignColumns(
        [head, ...cells].map((line) => line.join("\t")),
        20,
      );
    case "json":
      return `${goJson(rows)}\n`;
    case "{{json.}}":
      return rows.map((row) => `${goJson(row)}\n`).join("");
  }
  throw invalidArgument(`format value ${JSON.stringify(format)} could not be parsed: parsing failed`);
}
