import { invalidArgument } from "../errors/engine-error.ts";

/** The fields of one line of CSV: quotes keep commas, a doubled quote is one. */
export function csvFields(text: string): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    if (text[at] !== '"') {
      const comma = text.indexOf(",", at);
      const end = comma < 0 ? text.length : comma;
      fields.push(text.slice(at, end));
      at = end + 1;
      continue;
    }
    let field = "";
    for (at++; ; at++) {
      if (at >= text.length)
        throw invalidArgument(`invalid value ${JSON.stringify(text)}: a quote is not closed`);
      if (text[at] !== '"') field += text[at];
      else if (text[at + 1] === '"') field += text[at++];
      else break;
    }
    fields.push(field);
    at++;
    if (at < text.length && text[at] !== ",")
      throw invalidArgument(`invalid value ${JSON.stringify(text)}: a comma is missing behind a quote`);
    at++;
  }
  return fields;
}

/** `type=local,dest=out` as flags of builds are written; keys in lower case. */
export function parseKeyValues(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const field of csvFields(text)) {
    const equals = field.indexOf("=");
    if (equals < 1) throw invalidArgument(`invalid field ${JSON.stringify(field)}: must be a key=value pair`);
    values.set(field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1));
  }
  return values;
}
