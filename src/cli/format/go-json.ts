import { ListRow } from "./list-row.ts";

/** JSON as Go writes it: `<`, `>`, `&` and the line separators are escaped. */
export function goJson(value: unknown, indent?: string): string {
  return JSON.stringify(value ?? null, bigIntegers, indent).replace(/[<>&\u2028\u2029]/g, escaped);
}

/** As the `json` of templates writes it: for people, with `<`, `>` and `&`; rows of lists have theirs escaped. */
export function templateJson(value: unknown): string {
  const rows = (key: string, inner: unknown) =>
    inner instanceof ListRow ? setAside(inner) : bigIntegers(key, inner);
  return JSON.stringify(value ?? null, rows)
    .replace(/[\u2028\u2029]/g, escaped)
    .replace(/[\ue000-\ue002]/g, (letter) => escaped(marked.charAt(letter.charCodeAt(0) - 0xe000)));
}

const marked = "<>&";

/** Letters of the private area stand for those to be escaped, until all is written. */
function setAside(row: ListRow): object {
  const aside = (letter: string) => String.fromCharCode(0xe000 + marked.indexOf(letter));
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === "string" ? value.replace(/[<>&]/g, aside) : value,
    ]),
  );
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Newer than the types the compiler knows. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function bigIntegers(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? rawJSON(String(value)) : value;
}
