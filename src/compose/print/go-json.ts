import { jsonFloat } from "./float-text.ts";
import { Float, type GoValue } from "./go-value.ts";

/** As `json.Marshal`: no spaces. */
export function compactJson(value: GoValue): string {
  if (typeof value === "string") return jsonString(value);
  if (value === null || typeof value !== "object") return String(value);
  if (value instanceof Float) return jsonFloat(value);
  if (isList(value)) return `[${value.map(compactJson).join(",")}]`;
  let fields = "";
  for (const [key, item] of value) fields += `${fields && ","}${jsonString(key)}:${compactJson(item)}`;
  return `{${fields}}`;
}

/** As `json.MarshalIndent(value, "", step)`. */
export function indentedJson(value: GoValue, indent = "", step = "  "): string {
  if (value === null || typeof value !== "object" || value instanceof Float) return compactJson(value);
  const deeper = indent + step;
  const rows = isList(value)
    ? value.map((item) => indentedJson(item, deeper, step))
    : Array.from(value, ([key, item]) => `${jsonString(key)}: ${indentedJson(item, deeper, step)}`);
  const [open, close] = isList(value) ? "[]" : "{}";
  if (rows.length === 0) return `${open}${close}`;
  return `${open}\n${deeper}${rows.join(`,\n${deeper}`)}\n${indent}${close}`;
}

const isList = (value: object): value is readonly GoValue[] => Array.isArray(value);

/** Go escapes what could end a script element, and two line separators. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /["\\<>&\u0000-\u001f\u2028\u2029\ud800-\udfff]/;
const escaped = new Set(["<", ">", "&", "\u2028", "\u2029"]);

function jsonString(text: string): string {
  if (!special.test(text)) return `"${text}"`;
  return JSON.stringify(text.toWellFormed()).replace(/[<>&\u2028\u2029]/g, (character) =>
    escaped.has(character) ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : character,
  );
}
