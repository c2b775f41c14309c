import { executeTemplate } from "./template/execute.ts";
import { parseTemplate } from "./template/parse.ts";

export interface Template {
  /** `typeName`: what Go calls the data, in its message about a field that is not there. */
  format(data: unknown, typeName?: string): string;
  /** The line above a table: functions leave the heads of columns as they are. */
  formatHead(headers: Readonly<Record<string, unknown>>): string;
}

/** Parses once, for rows of a list. `\t` and `\n` typed in a shell mean what they mean in Go. */
export function template(text: string): Template {
  const nodes = parseTemplate(text.replace(/\\t/g, "\t").replace(/\\n/g, "\n"));
  return {
    format: (data, typeName) => executeTemplate(nodes, data, typeName === undefined ? {} : { typeName }),
    formatHead: (headers) => executeTemplate(nodes, headers, { forHead: true }),
  };
}

export function formatTemplate(text: string, data: unknown): string {
  return template(text).format(data);
}
