import { invalidArgument } from "../../../errors/engine-error.ts";

/** The fields of one line of comma-separated values; a field in quotes may have commas, `""` is a quote in it. */
export function csvFields(line: string): string[] {
  if (line === "") throw invalidArgument("EOF");
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      const end = closingQuote(line, at + 1);
      fields.push(line.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
      if (at < line.length && line[at] !== ",") throw misplacedQuote(at);
    } else {
      const comma = line.indexOf(",", at);
      const end = comma < 0 ? line.length : comma;
      const field = line.slice(at, end);
      const quote = field.indexOf('"');
      if (quote >= 0) {
        throw invalidArgument(`parse error on line 1, column ${at + quote + 1}: bare " in non-quoted-field`);
      }
      fields.push(field);
      at = end;
    }
    if (at >= line.length) return fields;
    at++;
  }
}

function closingQuote(line: string, from: number): number {
  for (let at = from; at < line.length; at++) {
    if (line[at] !== '"') continue;
    if (line[at + 1] === '"') at++;
    else return at;
  }
  throw misplacedQuote(line.length);
}

const misplacedQuote = (at: number) =>
  invalidArgument(`parse error on line 1, column ${at + 1}: extraneous or missing " in quoted-field`);

/** `key=value`; undefined for the value where there is no `=`. */
export function cut(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** `key=value` items as a record; a key without a value has the empty one. */
export function recordOf(items: readonly string[]): Record<string, string> {
  return Object.fromEntries(items.map((item) => cut(item, "=")).map(([key, value]) => [key, value ?? ""]));
}
