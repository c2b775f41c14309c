import { goJson } from "./go-json.ts";
import { indentJson } from "./indent-json.ts";
import { template } from "./template.ts";

/** What inspect commands print: a JSON list for people, one line of it, or a template for each. */
export function formatInspected(found: readonly unknown[], format: string, typeName?: string): string {
  if (format === "") return found.length === 0 ? "[]\n" : `${goJson(found, "    ")}\n`;
  if (format === "json") return `${goJson(found)}\n`;
  const parsed = template(format);
  return found.length === 0 ? "\n" : found.map((one) => `${parsed.format(one, typeName)}\n`).join("");
}

/** The same for answers of an engine, which are printed as they came. */
export function formatRawInspected(found: readonly string[], format: string): string {
  if (format === "") return found.length === 0 ? "[]\n" : `${indentJson(`[${found.join(",")}]`)}\n`;
  if (format === "json") return `[${found.join(",")}]\n`;
  return formatInspected(
    found.map((text): unknown => JSON.parse(text)),
    format,
  );
}
