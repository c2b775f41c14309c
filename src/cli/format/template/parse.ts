import { functions } from "./functions.ts";
import { type Piece, pieces, type Token } from "./lex.ts";
import type { Call, Node, Operand, ParsedTemplate, Pipeline } from "./nodes.ts";
import { type Place, parseError } from "./template-error.ts";

export function parseTemplate(source: string): ParsedTemplate {
  const reader = new Reader(source);
  return { source, nodes: reader.all(), defined: reader.defined };
}

type BlockWord = "if" | "range" | "with";

class Reader {
  readonly #source: string;
  readonly #pieces: readonly Piece[];
  readonly defined = new Map<string, readonly Node[]>();
  #at = 0;
  #ranges = 0;
  /** Variables that can be seen here. */
  #variables: string[] = ["$"];

  constructor(source: string) {
    this.#source = source;
    this.#pieces = pieces(source);
  }

  all(): Node[] {
    const { nodes, end } = this.#until(false);
    if (end !== "") throw this.#wrong(`unexpected {{${end}}}`);
    return nodes;
  }

  #wrong(reason: string): Error {
    const piece = this.#pieces[Math.min(this.#at, this.#pieces.length) - 1];
    return parseError(this.#source, piece?.kind === "action" ? piece.at : 0, reason);
  }

  /** Nodes up to `{{end}}` or `{{else …}}`; which of them it was. */
  #until(open: boolean): { nodes: Node[]; end: string; more: readonly Token[] } {
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.#pieces[this.#at++];
      if (!piece) {
        if (open) throw this.#wrong("unexpected EOF");
        return { nodes, end: "", more: [] };
      }
      if (piece.kind === "text") {
        nodes.push(piece);
        continue;
      }
      const [first, ...more] = piece.tokens;
      const word = first?.kind === "word" ? first.word : "";
      if (word === "end" || word === "else") return { nodes, end: word, more };
      nodes.push(...this.#action(word, piece.tokens));
    }
  }

  #action(word: string, tokens: readonly Token[]): Node[] {
    switch (word) {
      case "if":
      case "range":
      case "with":
        return [this.#block(word, tokens.slice(1))];
      case "break":
      case "continue":
        if (this.#ranges === 0) throw this.#wrong(`{{${word}}} outside {{range}}`);
        return [{ kind: word }];
      case "define":
        this.#define(tokens);
        return [];
      case "block":
        return [this.#defineAndUse(tokens)];
      case "template":
        return [this.#use(tokens)];
      default:
        return [{ kind: "print", pipeline: this.#pipeline(tokens, "command") }];
    }
  }

  #block(kind: BlockWord, tokens: readonly Token[]): Node {
    const seen = this.#variables.length;
    const pipeline = this.#pipeline(tokens, kind);
    if (kind === "range") this.#ranges++;
    const { nodes: then, end, more } = this.#until(true);
    if (kind === "range") this.#ranges--;
    const otherwise = end === "end" ? [] : this.#else(kind, more);
    this.#variables.length = seen;
    return { kind, pipeline, then, otherwise };
  }

  /** `{{else if …}}` is a block of its own inside, and takes the `{{end}}` along. */
  #else(kind: BlockWord, more: readonly Token[]): readonly Node[] {
    const [first] = more;
    if (first?.kind === "word" && (first.word === "if" || first.word === "with") && kind !== "range") {
      return [this.#block(first.word, more.slice(1))];
    }
    if (first) throw this.#wrong(`unexpected ${shown(first)} in else`);
    const { nodes, end } = this.#until(true);
    if (end !== "end") throw this.#wrong("expected end; found {{else}}");
    return nodes;
  }

  #define(tokens: readonly Token[]): void {
    const name = this.#name(tokens, "define clause");
    this.defined.set(name, this.#apart());
  }

  #defineAndUse(tokens: readonly Token[]): Node {
    const name = this.#name(tokens, "block clause");
    const node = this.#use(tokens);
    if (!this.defined.has(name)) this.defined.set(name, this.#apart());
    else this.#apart();
    return node;
  }

  /** A template of its own sees no variables from outside. */
  #apart(): readonly Node[] {
    const [variables, ranges] = [this.#variables, this.#ranges];
    this.#variables = ["$"];
    this.#ranges = 0;
    const { nodes, end } = this.#until(true);
    if (end !== "end") throw this.#wrong(`unexpected {{${end}}} in define clause`);
    this.#variables = variables;
    this.#ranges = ranges;
    return nodes;
  }

  #name(tokens: readonly Token[], where: string): string {
    const name = tokens[1];
    if (name?.kind !== "string") throw this.#wrong(`unexpected ${name ? shown(name) : "}}"} in ${where}`);
    return name.value;
  }

  #use(tokens: readonly Token[]): Node {
    const name = this.#name(tokens, "template clause");
    const rest = tokens.slice(2);
    const text = `{{template ${[JSON.stringify(name), ...rest.map((token) => token.text)].join(" ")}}}`;
    const pipeline = rest.length > 0 ? this.#pipeline(rest, "template clause") : undefined;
    return { kind: "template", name, pipeline, at: tokens[1]?.at ?? 0, text };
  }

  #pipeline(tokens: readonly Token[], where: string): Pipeline {
    const rest = [...tokens];
    const { variables, declares } = this.#declaration(rest, where);
    if (rest.length === 0) throw this.#wrong(`missing value for ${where}`);
    const calls = this.#calls(rest, where, false);
    if (declares) this.#variables.push(...variables);
    return { variables, declares, calls };
  }

  /** Takes `$a, $b :=` from the front. */
  #declaration(tokens: Token[], where: string): { variables: string[]; declares: boolean } {
    const at = tokens.findIndex(
      (token) => token.kind === "sign" && (token.sign === ":=" || token.sign === "="),
    );
    if (at < 0) return { variables: [], declares: false };
    const head = tokens.splice(0, at + 1);
    const sign = head.pop();
    const variables = head.flatMap((token) => (token.kind === "variable" ? [token.name] : []));
    if (variables.length > 1 && where !== "range") throw this.#wrong(`too many declarations in ${where}`);
    const declares = sign?.kind === "sign" && sign.sign === ":=";
    for (const name of declares ? [] : variables) this.#checkVariable(name);
    return { variables, declares };
  }

  #checkVariable(name: string): void {
    if (!this.#variables.includes(name)) throw this.#wrong(`undefined variable ${JSON.stringify(name)}`);
  }

  #calls(tokens: Token[], where: string, inside: boolean): Call[] {
    const calls: Call[] = [];
    let operands: Operand[] = [];
    const close = () => {
      const [first, ...args] = operands;
      if (!first) throw this.#wrong(`missing value for ${where}`);
      const at = first.kind === "field" || first.kind === "variable" ? startOf(first) : first.at;
      calls.push({ first, args, at, text: operands.map(({ text }) => text).join(" ") });
      operands = [];
    };
    for (let token = tokens.shift(); token; token = tokens.shift()) {
      if (token.kind !== "sign") operands.push(this.#operand(token));
      else if (token.sign === "|") {
        if (operands.length === 0) throw this.#wrong(`unexpected "|" in ${where}`);
        close();
      } else if (token.sign === "(") operands.push(this.#parenthesis(token, tokens, where));
      else if (token.sign !== ")") throw this.#wrong(`unexpected ${shown(token)} in operand`);
      else if (!inside) throw this.#wrong("unexpected right paren");
      else {
        close();
        return calls;
      }
    }
    if (inside) throw this.#wrong("unclosed left paren");
    close();
    return calls;
  }

  /** `(index .A 0).Name`: a field may follow the closing parenthesis. */
  #parenthesis(open: Token, tokens: Token[], where: string): Operand {
    const calls = this.#calls(tokens, where, true);
    const pipeline: Pipeline = { variables: [], declares: false, calls };
    const inner = `(${calls.map(({ text }) => text).join(" | ")})`;
    const next = tokens[0];
    if (next?.kind !== "field") return { kind: "pipeline", pipeline, path: [], at: open.at, text: inner };
    tokens.shift();
    return { kind: "pipeline", pipeline, path: next.path, at: startOf(next), text: inner + next.text };
  }

  #operand(token: Exclude<Token, { kind: "sign" }>): Operand {
    const { at, text } = token;
    switch (token.kind) {
      case "string":
        return { at, text, kind: "literal", value: token.value, type: "string" };
      case "number":
        return { at, text, kind: "literal", value: token.value, type: token.float ? "float64" : "int" };
      case "word": {
        const { word } = token;
        if (word === "true" || word === "false") {
          return { at, text, kind: "literal", value: word === "true", type: "bool" };
        }
        if (word === "nil") return { at, text, kind: "nil" };
        if (!Object.hasOwn(functions, word)) {
          throw this.#wrong(`function ${JSON.stringify(word)} not defined`);
        }
        return { at, text, kind: "function", name: word };
      }
      case "variable":
        this.#checkVariable(token.name);
        return token;
      case "dot":
      case "field":
        return token;
      default:
        return token satisfies never;
    }
  }
}

/** Of a chain of fields its very beginning. */
function startOf({ at, text, path }: Place & { readonly path: readonly string[] }): number {
  if (text.startsWith("$")) return path.length > 0 ? at - text.indexOf(".") : at;
  return path.length > 1 ? at - 1 - (path[0] ?? "").length : at;
}

function shown({ text }: Token): string {
  return text.startsWith('"') ? text : `<${text}>`;
}
