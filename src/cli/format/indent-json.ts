/**
 * JSON with line breaks and four blanks a level, every value exactly as it came: numbers and
 * escapes are not read and written again.
 */
export function indentJson(text: string, indent = "    "): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let depth = 0;
  let out = "";
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1];
    const closes = token === "}" || token === "]";
    const opened = before === "{" || before === "[";
    if (closes) depth--;
    if (closes ? !opened : opened || before === ",") out += `\n${indent.repeat(depth)}`;
    out += token === ":" ? ": " : token;
    if (token === "{" || token === "[") depth++;
  }
  return out;
}
