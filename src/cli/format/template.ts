import { CodedError } from "../exit-code.ts";
import { executeTemplate } from "./template/execute.ts";
import { parseTemplate } from "./template/parse.ts";
import { TemplateError } from "./template/template-error.ts";

export interface Template {
  /** `typeName`: what Go calls the data, in its message about a field that is not there. */
  format(data: unknown, typeName?: string): string;
  /** The line above a table: functions leave the heads of columns as they are. */
  formatHead(headers: Readonly<Record<string, unknown>>): string;
}

export interface TemplateOptions {
  /** How messages call the template; most of Docker's have no name. */
  readonly name?: string;
  /** Words in front of what is wrong. */
  readonly parseError?: string;
  readonly executeError?: string;
  /** Exit code for a template that cannot be parsed, and for one that does not fit. */
  readonly parseExitCode?: number;
  readonly executeExitCode?: number;
}

const usual = "template parsing error: ";
/** What Docker's program ends with when a template cannot be parsed. */
const badTemplate = 64;

/** Parses once, for rows of a list or for one thing. */
export function template(text: string, options: TemplateOptions = {}): Template {
  const { parseError = usual, executeError = usual, parseExitCode = badTemplate, executeExitCode } = options;
  const named = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const parsing = error.phase === "parse";
      const code = parsing ? parseExitCode : executeExitCode;
      const message = options.name === undefined ? error.message : withName(error.message, options.name);
      throw new CodedError(`${parsing ? parseError : executeError}${message}`, code, error);
    }
  };
  const parsed = named(() => parseTemplate(text));
  return {
    format: (data, typeName) =>
      named(() => executeTemplate(parsed, data, typeName === undefined ? {} : { typeName })),
    formatHead: (headers) => named(() => executeTemplate(parsed, headers, { forHead: true })),
  };
}

function withName(message: string, name: string): string {
  return message.replace(/^template: :/, `template: ${name}:`).replace(/executing ""/, `executing "${name}"`);
}

/** `\t` and `\n` typed in a shell are a tab and a line break in formats of lists. */
export function unescapeFormat(text: string): string {
  return text.replaceAll("\\t", "\t").replaceAll("\\n", "\n");
}
