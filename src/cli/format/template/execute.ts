import { EngineError, invalidArgument, messageOf } from "../../../errors/engine-error.ts";
import { functions, isTrue } from "./functions.ts";
import type { Call, Node, Operand, Pipeline } from "./parse.ts";
import { printValue } from "./print-value.ts";
import { executionError, templateError } from "./template-error.ts";

/** What a list command's row says of fields it does not have: Go names the type. */
export interface ExecuteOptions {
  readonly typeName?: string;
  /** For the head of a table: functions give back what they are given, an unknown field `<no value>`. */
  readonly forHead?: boolean;
}

export function executeTemplate(nodes: readonly Node[], data: unknown, options: ExecuteOptions = {}): string {
  return new Execution(data, options).run(nodes, data);
}

class Leave extends Error {
  readonly how: "break" | "continue";

  constructor(how: "break" | "continue") {
    super(how);
    this.how = how;
  }
}

class Execution {
  readonly #variables: [name: string, value: unknown][];
  readonly #options: ExecuteOptions;

  constructor(data: unknown, options: ExecuteOptions) {
    this.#variables = [["$", data]];
    this.#options = options;
  }

  run(nodes: readonly Node[], dot: unknown): string {
    const depth = this.#variables.length;
    let text = "";
    try {
      for (const node of nodes) text += this.#node(node, dot);
      return text;
    } catch (error) {
      // What a round printed before it was left stays.
      if (error instanceof LeaveWith) throw new LeaveWith(error.how, text + error.text);
      if (error instanceof Leave) throw new LeaveWith(error.how, text);
      throw error;
    } finally {
      this.#variables.length = depth;
    }
  }

  #node(node: Node, dot: unknown): string {
    switch (node.kind) {
      case "text":
        return node.text;
      case "print": {
        const value = this.#pipeline(node.pipeline, dot);
        return node.pipeline.variables.length > 0 ? "" : printValue(value);
      }
      case "if":
      case "with": {
        const depth = this.#variables.length;
        const value = this.#pipeline(node.pipeline, dot);
        const inner = node.kind === "with" ? value : dot;
        const text = isTrue(value) ? this.run(node.then, inner) : this.run(node.otherwise, dot);
        this.#variables.length = depth;
        return text;
      }
      case "range":
        return this.#range(node, dot);
      case "break":
      case "continue":
        throw new Leave(node.kind);
      default:
        return node satisfies never;
    }
  }

  #range(node: Extract<Node, { kind: "if" | "range" | "with" }>, dot: unknown): string {
    const { pipeline } = node;
    const value = this.#calls(pipeline, dot);
    const rounds = roundsOf(value, pipeline.source);
    if (rounds.length === 0) return this.run(node.otherwise, dot);
    let text = "";
    for (const [key, item] of rounds) {
      const depth = this.#variables.length;
      const [first, second] = pipeline.variables;
      if (second !== undefined) this.#variables.push([first ?? "", key], [second, item]);
      else if (first !== undefined) this.#variables.push([first, item]);
      try {
        text += this.run(node.then, item);
      } catch (error) {
        if (!(error instanceof LeaveWith)) throw error;
        text += error.text;
        if (error.how === "break") break;
      } finally {
        this.#variables.length = depth;
      }
    }
    return text;
  }

  #pipeline(pipeline: Pipeline, dot: unknown): unknown {
    const value = this.#calls(pipeline, dot);
    for (const name of pipeline.variables) {
      if (pipeline.declares) this.#variables.push([name, value]);
      else this.#slot(name)[1] = value;
    }
    return value;
  }

  #calls(pipeline: Pipeline, dot: unknown): unknown {
    let value: unknown;
    let piped = false;
    for (const call of pipeline.calls) {
      try {
        value = this.#call(call, dot, piped ? [value] : []);
      } catch (error) {
        if (error instanceof EngineError && error.message.startsWith("template parsing error")) throw error;
        throw executionError(pipeline.source, messageOf(error), error);
      }
      piped = true;
    }
    return value;
  }

  #call(call: Call, dot: unknown, piped: readonly unknown[]): unknown {
    const { first, args } = call;
    if (first.kind === "field" || first.kind === "variable") {
      const value = this.#operand(first, dot);
      // A method of a row: `.Label "key"`.
      if (typeof value === "function") return value(...args.map((arg) => this.#operand(arg, dot)), ...piped);
    }
    if (first.kind === "function") return this.#function(first.name, args, dot, piped);
    if (args.length > 0 || piped.length > 0) throw invalidArgument("cannot give argument to non-function");
    return this.#operand(first, dot);
  }

  #function(name: string, args: readonly Operand[], dot: unknown, piped: readonly unknown[]): unknown {
    if (name === "and" || name === "or") return this.#shortCircuit(name, args, dot, piped);
    const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!run) throw templateError(`function ${JSON.stringify(name)} not defined`);
    const values = [...args.map((arg) => this.#operand(arg, dot)), ...piped];
    return this.#options.forHead && dockerFunctions.has(name) ? values[0] : run(...values);
  }

  /** The first that decides, or the last. */
  #shortCircuit(
    name: "and" | "or",
    args: readonly Operand[],
    dot: unknown,
    piped: readonly unknown[],
  ): unknown {
    let value: unknown;
    for (const arg of args) {
      value = this.#operand(arg, dot);
      if (isTrue(value) === (name === "or")) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  #operand(operand: Operand, dot: unknown): unknown {
    switch (operand.kind) {
      case "literal":
        return operand.value;
      case "dot":
        return dot;
      case "field":
        return this.#walk(dot, operand.path);
      case "variable":
        return this.#walk(this.#slot(operand.name)[1], operand.path);
      case "function":
        return this.#function(operand.name, [], dot, []);
      case "pipeline":
        return this.#walk(this.#calls(operand.pipeline, dot), operand.path);
      default:
        return operand satisfies never;
    }
  }

  #slot(name: string): [string, unknown] {
    const slot = this.#variables.findLast(([known]) => known === name);
    if (!slot) throw templateError(`undefined variable ${JSON.stringify(name)}`);
    return slot;
  }

  #walk(start: unknown, path: readonly string[]): unknown {
    let value = start;
    for (const [depth, name] of path.entries()) {
      const shown = `.${path.slice(0, depth + 1).join(".")}`;
      if (value === null || value === undefined) {
        throw executionError(shown, `nil pointer evaluating interface {}.${name}`);
      }
      if (typeof value !== "object" || Array.isArray(value)) {
        throw executionError(
          shown,
          `can't evaluate field ${name} in type ${Array.isArray(value) ? "[]interface {}" : typeof value}`,
        );
      }
      if (!Object.hasOwn(value, name)) {
        if (this.#options.forHead) return undefined;
        const type = depth === 0 ? this.#options.typeName : undefined;
        if (type !== undefined) throw executionError(shown, `can't evaluate field ${name} in type ${type}`);
        throw executionError(shown, `map has no entry for key ${JSON.stringify(name)}`);
      }
      value = (value as Record<string, unknown>)[name];
    }
    return value;
  }
}

/** `break` and `continue` on their way out of a round, with what the round had printed. */
class LeaveWith extends Leave {
  readonly text: string;

  constructor(how: "break" | "continue", text: string) {
    super(how);
    this.text = text;
  }
}

const dockerFunctions = new Set(["json", "split", "join", "title", "lower", "upper", "truncate"]);

function roundsOf(value: unknown, source: string): [unknown, unknown][] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return [...value.entries()];
  if (typeof value === "number") return Array.from({ length: value }, (_, i) => [i, i]);
  if (typeof value === "object") {
    return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  }
  throw executionError(source, `range can't iterate over ${printValue(value)}`);
}
