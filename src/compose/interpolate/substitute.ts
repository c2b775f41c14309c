/** A variable's value, or undefined where it is not set. */
export type Lookup = (name: string) => string | undefined;

/** What happened on the way, for warnings and `--explain`; nobody is obliged to listen. */
export interface SubstitutionListener {
  /** A variable was asked for: by which operator, with which text behind it, and what came of it. */
  used?(use: VariableUse): void;
  /** A bare `$X` or `${X}` that is not set. */
  unset?(name: string): void;
}

export interface VariableUse {
  readonly name: string;
  readonly operator: "" | ":-" | "-" | ":?" | "?" | ":+" | "+";
  /** The text behind the operator, as it is written. */
  readonly argument: string;
  readonly value: string | undefined;
  readonly becomes: string;
}

/** `${` without a name, an operator nobody knows, a brace that is not closed. */
export class InvalidTemplate extends Error {
  constructor(readonly template: string) {
    super(`Invalid template: ${JSON.stringify(template)}`);
  }
}

/** `${X:?why}`. */
export class MissingVariable extends Error {
  constructor(
    readonly variable: string,
    readonly reason: string,
  ) {
    super(`required variable ${variable} is missing a value${reason === "" ? "" : `: ${reason}`}`);
  }
}

/** Replaces `$X`, `${X}` and its operators; `$$` is a dollar sign. Throws InvalidTemplate or MissingVariable. */
export function substitute(template: string, lookup: Lookup, listener?: SubstitutionListener): string {
  void lookup;
  void listener;
  throw new InvalidTemplate(template);
}
