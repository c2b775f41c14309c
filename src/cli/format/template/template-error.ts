import { EngineError } from "../../../errors/engine-error.ts";

/** Where a node begins in the text of its template. */
export interface Place {
  readonly at: number;
  /** As it is shown between `<` and `>`. */
  readonly text: string;
}

/**
 * What is wrong with a template, in Go's words. The commands put different words in front;
 * a template that cannot be parsed ends some of them with another exit code.
 */
export class TemplateError extends EngineError {
  readonly phase: "parse" | "execute";

  constructor(phase: "parse" | "execute", message: string, cause?: unknown) {
    super("invalid_argument", message, cause);
    this.phase = phase;
  }
}

/** A mistake found before anything is printed. Lines count from one; Go names no column here. */
export function parseError(template: string, at: number, reason: string): TemplateError {
  return new TemplateError("parse", `template: :${lineOf(template, at)}: ${reason}`);
}

/** A template that does not fit the data it was given. Columns count bytes from zero. */
export function executionError(template: string, { at, text }: Place, reason: string, cause?: unknown) {
  const before = template.slice(0, at);
  const column = Buffer.byteLength(before.slice(before.lastIndexOf("\n") + 1));
  const where = `${lineOf(template, at)}:${column}`;
  return new TemplateError("execute", `template: :${where}: executing "" at <${text}>: ${reason}`, cause);
}

function lineOf(template: string, at: number): number {
  return template.slice(0, at).split("\n").length;
}
