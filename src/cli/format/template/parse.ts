import { type Piece, pieces, type Token } from "./lex.ts";
import { templateError } from "./template-error.ts";

/** A value named in a template. */
export type Operand =
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "dot" }
  | { readonly kind: "field"; readonly path: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline; readonly path: readonly string[] };

/** `printf "%s" .Name`: first what is called or named, then arguments. */
export interface Call {
  readonly first: Operand;
  readonly args: readonly Operand[];
}

/** `$x := .A | upper | printf "%s"`: each result is the last argument of the next. */
export interface Pipeline {
  readonly variables: readonly string[];
  /** `=` assigns to a variable that is there; `:=` makes one. */
  readonly declares: boolean;
  readonly calls: readonly Call[];
  readonly source: string;
}

export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly pipeline: Pipeline }
  | {
      readonly kind: "if" | "range" | "with";
      readonly pipeline: Pipeline;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: "break" | "continue" };

export function parseTemplate(template: string): readonly Node[] {
  const reader = new Reader(pieces(template));
  const { nodes, end } = reader.until(false);
  if (end) throw templateError(`unexpected {{${end}}}`);
  return nodes;
}

class Reader {
  readonly #pieces: readonly Piece[];
  #at = 0;

  constructor(all: readonly Piece[]) {
    this.#pieces = all;
  }

  /** Nodes up to `{{end}}` or `{{else …}}`; which of them it was. */
  until(open: boolean): { nodes: Node[]; end: string } {
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.#pieces[this.#at++];
      if (!piece) {
        if (open) throw templateError("unexpected EOF");
        return { nodes, end: "" };
      }
      if (piece.kind === "text") {
        nodes.push(piece);
        continue;
      }
      const [first] = piece.tokens;
      const word = first?.kind === "word" ? first.text : "";
      if (word === "end" || word === "else") {
        if (word === "else" && piece.tokens.length > 1) this.#at--;
        return { nodes, end: word };
      }
      nodes.push(this.#node(word, piece.tokens, piece.source));
    }
  }

  #node(word: string, tokens: readonly Token[], source: string): Node {
    switch (word) {
      case "if":
      case "range":
      case "with":
        return this.#block(word, tokens.slice(1), source);
      case "break":
      case "continue":
        return { kind: word };
      case "define":
      case "template":
      case "block":
        throw templateError(`{{${word}}} is not known here`);
      default:
        return { kind: "print", pipeline: pipelineOf(tokens, source) };
    }
  }

  #block(kind: "if" | "range" | "with", tokens: readonly Token[], source: string): Node {
    const pipeline = pipelineOf(tokens, source.replace(/^\w+\s*/, ""));
    const { nodes: then, end } = this.until(true);
    if (end === "end") return { kind, pipeline, then, otherwise: [] };
    // `{{else if …}}` was left where it is: a block of its own, which takes the `{{end}}` along.
    const next = this.#pieces[this.#at];
    const elseTokens = next?.kind === "action" ? next.tokens : [];
    const [first, second] = elseTokens;
    if (first?.kind === "word" && first.text === "else" && second?.kind === "word") {
      this.#at++;
      const inner = this.#node(
        second.text,
        elseTokens.slice(1),
        (next?.kind === "action" ? next.source : "").replace(/^else\s+/, ""),
      );
      return { kind, pipeline, then, otherwise: [inner] };
    }
    const { nodes: otherwise, end: last } = this.until(true);
    if (last !== "end") throw templateError("expected end; found {{else}}");
    return { kind, pipeline, then, otherwise };
  }
}

function pipelineOf(tokens: readonly Token[], source: string): Pipeline {
  const stack = [...tokens];
  const { variables, declares } = declaration(stack);
  const calls = callsOf(stack, false);
  if (calls.length === 0) throw templateError("missing value for command");
  return { variables, declares, calls, source };
}

/** Takes `$a, $b :=` from the front. */
function declaration(tokens: Token[]): { variables: string[]; declares: boolean } {
  const at = tokens.findIndex(
    (token) => token.kind === "sign" && (token.text === ":=" || token.text === "="),
  );
  if (at < 0) return { variables: [], declares: false };
  const head = tokens.splice(0, at + 1);
  const sign = head.pop();
  return {
    variables: head.flatMap((token) => (token.kind === "variable" ? [token.name] : [])),
    declares: sign?.kind === "sign" && sign.text === ":=",
  };
}

function callsOf(tokens: Token[], inside: boolean): Call[] {
  const calls: Call[] = [];
  let operands: Operand[] = [];
  const close = () => {
    const [first, ...args] = operands;
    if (!first) throw templateError("missing value for command");
    calls.push({ first, args });
    operands = [];
  };
  for (let token = tokens.shift(); token; token = tokens.shift()) {
    if (token.kind !== "sign") operands.push(operandOf(token));
    else if (token.text === "|") close();
    else if (token.text === "(") operands.push(parenthesis(tokens));
    else if (token.text === ")" && inside) {
      close();
      return calls;
    } else throw templateError(`unexpected ${JSON.stringify(token.text)} in operand`);
  }
  if (inside) throw templateError("unclosed left paren");
  if (operands.length > 0) close();
  else if (calls.length > 0) throw templateError("missing value for command");
  return calls;
}

/** `(index .A 0).Name`: a field may follow the closing parenthesis. */
function parenthesis(tokens: Token[]): Operand {
  const pipeline = { variables: [], declares: false, calls: callsOf(tokens, true), source: "" };
  const next = tokens[0];
  if (next?.kind !== "field") return { kind: "pipeline", pipeline, path: [] };
  tokens.shift();
  return { kind: "pipeline", pipeline, path: next.path };
}

function operandOf(token: Exclude<Token, { kind: "sign" }>): Operand {
  switch (token.kind) {
    case "string":
    case "number":
      return { kind: "literal", value: token.value };
    case "word":
      if (token.text === "true" || token.text === "false") {
        return { kind: "literal", value: token.text === "true" };
      }
      return token.text === "nil" ? { kind: "literal", value: null } : { kind: "function", name: token.text };
    case "dot":
    case "field":
    case "variable":
      return token;
    default:
      return token satisfies never;
  }
}
