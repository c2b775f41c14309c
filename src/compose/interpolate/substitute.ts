/** A variable's value, or undefined where it is not set. */
export type Lookup = (name: string) => string | undefined;

/** What happened on the way, for warnings and `--explain`; nobody is obliged to listen. */
export interface SubstitutionListener {
  used?(use: VariableUse): void;
  /** A bare `$X` or `${X}` that is not set; not told of a default that is not taken. */
  unset?(name: string): void;
}

export interface VariableUse {
  readonly name: string;
  readonly operator: Operator | "";
  /** The text behind the operator, as it is written. */
  readonly argument: string;
  readonly value: string | undefined;
  /** What stands in place of it now. */
  readonly becomes: string;
}

export type Operator = ":-" | "-" | ":?" | "?" | ":+" | "+";

/** `${` without a name, an operator nobody knows, a brace that is not closed. */
export class InvalidTemplate extends Error {
  constructor(template: string, at: number) {
    super(`invalid interpolation format: ${JSON.stringify(excerpt(template, at))}`);
  }
}

/** A short text as a whole; of a long one, as a script is, the line from the mistake on. */
function excerpt(template: string, at: number): string {
  if (template.length <= 60 && !template.trimEnd().includes("\n")) return template;
  const [line = ""] = template.slice(at).split("\n", 1);
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
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

/**
 * `$$`, `$NAME`, `${NAME}`, `${NAME<operator>…}` up to the last brace of the line (where it ends is
 * settled afterwards, by counting), or `${` with anything else behind it, which is a mistake.
 */
const reference = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*)(?:(:?[-+?])([^\n]*))?\}|))/gi;

/** Replaces `$X`, `${X}` and its operators; `$$` is a dollar sign. Throws InvalidTemplate or MissingVariable. */
export function substitute(template: string, lookup: Lookup, listener?: SubstitutionListener): string {
  if (!template.includes("$")) return template;
  return template.replace(reference, (match: string, ...groups: (string | undefined)[]) => {
    const [escaped, plain, name, operator, argument, at] = groups;
    if (escaped) return "$";
    if (plain) return bare(plain, lookup, listener);
    if (name === undefined) throw new InvalidTemplate(template, Number(at));
    if (operator === undefined) return bare(name, lookup, listener);
    const end = closingBrace(match);
    const own = end < 0 ? (argument ?? "") : match.slice(2 + name.length + operator.length, end);
    const rest = end < 0 ? "" : match.slice(end + 1);
    const value = withOperator({ name, operator: operator as Operator, argument: own }, lookup, listener);
    return value + substitute(rest, lookup, listener);
  });
}

function bare(name: string, lookup: Lookup, listener: SubstitutionListener | undefined): string {
  const value = lookup(name);
  if (value === undefined) listener?.unset?.(name);
  listener?.used?.({ name, operator: "", argument: "", value, becomes: value ?? "" });
  return value ?? "";
}

interface Expression {
  readonly name: string;
  readonly operator: Operator;
  readonly argument: string;
}

function withOperator(
  { name, operator, argument }: Expression,
  lookup: Lookup,
  listener: SubstitutionListener | undefined,
): string {
  const value = lookup(name);
  const isThere = operator.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  const takesArgument = operator.endsWith("+") === isThere;
  // The argument is read even where it is not taken, so that mistakes in it show at once.
  const inner = innerListener(listener, takesArgument);
  const told: VariableUse[] = [];
  const expanded = substitute(argument, lookup, inner && { ...inner, used: (use) => told.push(use) });
  if (operator.endsWith("?") && !isThere) throw new MissingVariable(name, expanded);
  const becomes = takesArgument ? expanded : (value ?? "");
  listener?.used?.({ name, operator, argument, value, becomes });
  for (const use of told) listener?.used?.(use);
  return becomes;
}

function innerListener(
  listener: SubstitutionListener | undefined,
  isTaken: boolean,
): SubstitutionListener | undefined {
  if (!listener) return undefined;
  return { unset: (name) => isTaken && listener.unset?.(name) };
}

/** Where the expression's brace closes; -1 if never. The character behind an opening brace is not looked at, as in Docker Compose. */
export function closingBrace(text: string): number {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "}" && --open === 0) return at;
    if (text[at] === "{") {
      open++;
      at++;
    }
  }
  return -1;
}
