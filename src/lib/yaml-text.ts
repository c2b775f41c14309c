/** What the files we write consist of; absent values are left out. */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml | undefined };

/** A document in block style; texts are quoted wherever a reader could take them for something else. */
export function yamlText(value: Yaml, indent = ""): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return `${indent}[]\n`;
    return value.map((item: Yaml) => itemText(item, indent)).join("");
  }
  if (typeof value === "object") {
    const entries = Object.entries(value).filter((entry): entry is [string, Yaml] => entry[1] !== undefined);
    return entries.map(([key, item]) => `${indent}${scalar(key)}:${below(item, indent)}`).join("");
  }
  return `${indent}${scalar(value as string | number | boolean)}\n`;
}

function below(value: Yaml, indent: string): string {
  if (typeof value === "string" && isBlock(value)) return ` ${block(value, `${indent}  `)}`;
  if (typeof value !== "object") return ` ${scalar(value)}\n`;
  const isEmpty = Object.values(value).every((item) => item === undefined);
  if (isEmpty) return Array.isArray(value) ? " []\n" : " {}\n";
  return `\n${yamlText(value, `${indent}  `)}`;
}

function itemText(item: Yaml, indent: string): string {
  if (typeof item === "string" && isBlock(item)) return `${indent}- ${block(item, `${indent}  `)}`;
  const text = yamlText(item, `${indent}  `);
  return `${indent}- ${text.slice(indent.length + 2)}`;
}

/** Texts of several lines, without anything a literal block could lose: as people write them. */
function isBlock(text: string): boolean {
  // Controls, spaces at ends of lines or at the beginning need quotes.
  return /^[^\s].*\n/.test(text) && /^[\t\n -~\u00a0-\ud7ff]*$/.test(text) && !/[ \t](?:\n|$)/.test(text);
}

function block(text: string, indent: string): string {
  const body = text.replace(/\n+$/, "");
  const ends = text.length - body.length;
  const lines = body.split("\n").map((line) => (line === "" ? "" : indent + line));
  if (ends === 0) return `|-\n${lines.join("\n")}\n`;
  return `${ends === 1 ? "|" : "|+"}\n${lines.join("\n")}${"\n".repeat(ends)}`;
}

/** Plain where nothing can go wrong: not a number, not a boolean of any YAML version, not a date, no indicator. */
function scalar(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  const isPlain = /^[A-Za-z_/.][\w./@+=-]*(?::[\w./-]+)*$/.test(value);
  const isWord = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|\.nan|\.inf|\.|\.\.|~|=)$/i.test(value);
  const isNumber = /^[.+-]?\d/.test(value);
  return isPlain && !isWord && !isNumber ? value : JSON.stringify(value);
}
