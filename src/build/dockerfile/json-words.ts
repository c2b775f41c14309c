/** A JSON array; undefined where the text is none, `"mixed"` where not all in it are strings. */
export function jsonWords(text: string): readonly string[] | "mixed" | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const items: readonly unknown[] = parsed;
  return items.every((item) => typeof item === "string") ? items : "mixed";
}

/**
 * The words somebody meant who wrote something like a JSON array that is none: `[python3, -m, x]`,
 * `['a', 'b']`, `["a", "b",]`, `["a", "b"`. Undefined where it is rather a shell's test.
 */
export function meantWords(text: string): readonly string[] | undefined {
  const [, inside] = /^\[((?!\[)[\s\S]*?)\]?$/.exec(text.trim()) ?? [];
  if (inside === undefined) return undefined;
  const items = inside.trim().replace(/,$/, "").split(itemEnd);
  const words = items.map(meantWord);
  const isTest = items.length === 1 && /^\s/.test(inside);
  return isTest || words.some((word) => word === undefined) ? undefined : words.map((word) => word ?? "");
}

/** A comma that is followed by whole quotes only. */
const itemEnd = /,(?=(?:[^"']|"[^"]*"|'[^']*')*$)/;

function meantWord(item: string): string | undefined {
  const text = item.trim();
  const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|[“”]([^“”]*)[“”]|[‘’]([^‘’]*)[‘’])$/.exec(text);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? quoted[3] ?? quoted[4];
  return text !== "" && !/[\s"'`;&|<>()]/.test(text) ? text : undefined;
}
