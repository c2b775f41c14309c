import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A cgroup file's text; empty when this kernel or hierarchy does not have it, or the cgroup is gone. */
export function readControl(directory: string | undefined, file: string): string {
  if (directory === undefined) return "";
  try {
    return readFileSync(join(directory, file), "utf8");
  } catch {
    return "";
  }
}

export function readNumber(directory: string | undefined, file: string): number | undefined {
  const text = readControl(directory, file).trim();
  return text === "" || text === "max" ? undefined : Number(text);
}

/** Lines of `name number`. */
export function readTable(directory: string | undefined, file: string): Record<string, number> {
  const table: Record<string, number> = {};
  for (const line of readControl(directory, file).split("\n")) {
    const [name, value] = line.split(" ");
    if (name && value !== undefined) table[name] = Number(value);
  }
  return table;
}
