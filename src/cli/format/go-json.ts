import { ListRow } from "./list-row.ts";

/** JSON as Go writes it: `<`, `>`, `&` and the line separators are escaped. */
export function goJson(value: unknown, indent?: string): string {
  return JSON.stringify(value ?? null, bigIntegers, indent).replace(/[<>&\u2028\u2029]/g, escaped);
}

/** As the `json` of templates writes it: for people, with `<`, `>` and `&`; rows of lists have theirs escaped. */
export function templateJson(value: unknown): string {
  const rows = (key: string, inner: unknown) =>
    inner instanceof ListRow ? rawJSON(goJson(inner)) : bigIntegers(key, inner);
  return JSON.stringify(value ?? null, rows).replace(/[\u2028\u2029]/g, escaped);
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Newer than the types the compiler knows. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function bigIntegers(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? rawJSON(String(value)) : value;
}
