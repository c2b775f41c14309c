import { invalidArgument } from "../../errors/engine-error.ts";

/** The fields of one CSV line; one that has commas is put in double quotes, a quote in it is doubled. */
export function splitCsv(line: string): string[] {
  const fields: string[] = [];
  for (let at = 0; ; ) {
    const field = /^(?:"((?:[^"]|"")*)"(?=,|$)|([^,"]*)(?=,|$))/.exec(line.slice(at));
    if (field === null) throw invalidArgument(`failed to parse csv mounts: ${JSON.stringify(line)}`);
    fields.push(field[1]?.replaceAll('""', '"') ?? field[2] ?? "");
    at += field[0].length + 1;
    if (at > line.length) return fields;
  }
}
