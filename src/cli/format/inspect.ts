import { goJson } from "./go-json.ts";
import { template } from "./template.ts";

/** What inspect commands print: a JSON list for people, one line of it, or a template for each. */
export function formatInspected(found: readonly unknown[], format: string, typeName?: string): string {
  if (format === "") return found.length === 0 ? "[]\n" : `${goJson(found, "    ")}\n`;
  if (format === "json") return `${goJson(found)}\n`;
  const parsed = template(format);
  return found.length === 0 ? "\n" : found.map((one) => `${parsed.format(one, typeName)}\n`).join("");
}
