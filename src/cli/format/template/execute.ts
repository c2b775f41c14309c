import { messageOf } from "../../../errors/engine-error.ts";
import { GoStruct } from "../go-types/go-struct.ts";
import { fits, wrongCount, wrongType } from "./arguments.ts";
import { fieldOf, isJson } from "./field.ts";
import { functions, isTrue, type Parameter } from "./functions.ts";
import type { Call, Node, Operand, ParsedTemplate, Pipeline } from "./nodes.ts";
import { printValue } from "./print-value.ts";
import { roundsOf } from "./rounds.ts";
import { executionError, type Place, TemplateError } from "./template-error.ts";

export interface ExecuteOptions {
  /** What Go calls the data: a row of a list, whose fields are methods there. */
  readonly typeName?: string;
  /** For the head of a table: functions give back what they are given, an unknown field `<no value>`. */
  readonly forHead?: boolean;
}

export function executeTemplate(
  template: ParsedTemplate,
  data: unknown,
  options: ExecuteOptions = {},
): string {
  return new Execution(template, data, options).run(template.nodes, data);
}

/** `break` and `continue` on their way out of a round, with what the round had printed. */
class Leave extends Error {
  readonly how: "break" | "continue";
  readonly text: string;

  constructor(how: "break" | "continue", text: string) {
    super(how);
    this.how = how;
    this.text = text;
  }
}

/** Templates may name each other in a circle. */
const deepest = 1000;

class Execution {
  readonly #template: ParsedTemplate;
  readonly #options: ExecuteOptions;
  readonly #data: unknown;
  #variables: [name: string, value: unknown][];
  #depth = 0;

  constructor(template: ParsedTemplate, data: unknown, options: ExecuteOptions) {
    this.#template = template;
    this.#data = data;
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
      throw error instanceof Leave ? new Leave(error.how, text + error.text) : error;
    } finally {
      this.#variables.length = depth;
    }
  }

  #fail(place: Place, reason: string, cause?: unknown): Error {
    return executionError(this.#template.source, place, reason, cause);
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
      case "template":
        return this.#use(node, dot);
      case "break":
      case "continue":
        throw new Leave(node.kind, "");
      default:
        return node satisfies never;
    }
  }

  #use(node: Extract<Node, { kind: "template" }>, dot: unknown): string {
    const nodes = this.#template.defined.get(node.name);
    if (!nodes) throw this.#fail(node, `template ${JSON.stringify(node.name)} not defined`);
    if (this.#depth >= deepest) throw this.#fail(node, "exceeded maximum template depth (100000)");
    const data = node.pipeline ? this.#pipeline(node.pipeline, dot) : undefined;
    const variables = this.#variables;
    this.#variables = [["$", data]];
    this.#depth++;
    try {
      return this.run(nodes, data);
    } finally {
      this.#depth--;
      this.#variables = variables;
    }
  }

  #range(node: Extract<Node, { kind: "if" | "range" | "with" }>, dot: unknown): string {
    const { pipeline } = node;
    const rounds = this.#rounds(this.#calls(pipeline, dot), pipeline);
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
        if (!(error instanceof Leave)) throw error;
        text += error.text;
        if (error.how === "break") break;
      } finally {
        this.#variables.length = depth;
      }
    }
    return text;
  }

  #rounds(value: unknown, pipeline: Pipeline): [unknown, unknown][] {
    const rounds = roundsOf(value);
    if (rounds) return rounds;
    const place = pipeline.calls.at(-1)?.first ?? { at: 0, text: "" };
    throw this.#fail(place, `range can't iterate over ${printValue(value)}`);
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
      value = this.#call(call, dot, piped ? [value] : []);
      piped = true;
    }
    return value;
  }

  #call(call: Call, dot: unknown, piped: readonly unknown[]): unknown {
    const { first, args } = call;
    const given = args.length + piped.length;
    if (first.kind === "function") return this.#function(first, call, dot, piped);
    if (first.kind === "nil") throw this.#fail(first, "nil is not a command");
    if (first.kind === "field" || first.kind === "variable") {
      const value = this.#operand(first, dot);
      // A method of a row: `.Label "key"`.
      if (typeof value === "function") {
        if (given !== value.length) throw this.#fail(first, wrongCount(lastOf(first), value.length, given));
        return value(...args.map((arg) => this.#operand(arg, dot)), ...piped);
      }
      if (given === 0) return value;
      if (this.#options.typeName !== undefined && first.kind === "field") {
        throw this.#fail(first, wrongCount(lastOf(first), 0, given));
      }
      throw this.#fail(first, `${lastOf(first)} is not a method but has arguments`);
    }
    if (given > 0) throw this.#fail(first, `can't give argument to non-function ${first.text}`);
    return this.#operand(first, dot);
  }

  #function(
    place: Extract<Operand, { kind: "function" }>,
    call: Pick<Call, "args"> & Place,
    dot: unknown,
    piped: readonly unknown[],
  ): unknown {
    const { name } = place;
    const { args } = call;
    const known = functions[name];
    if (!known) throw this.#fail(place, `${JSON.stringify(name)} is not a defined function`);
    const { parameters, variadic, run } = known;
    const given = args.length + piped.length;
    if (variadic ? given < parameters.length : given !== parameters.length) {
      throw this.#fail(place, wrongCount(name, parameters.length, given, variadic));
    }
    if (name === "and" || name === "or") return this.#shortCircuit(name, args, dot, piped);
    const values = args.map((arg, i) => this.#argument(arg, parameters[i] ?? "any", dot));
    for (const [i, value] of piped.entries()) {
      const wanted = parameters[args.length + i] ?? "any";
      if (!fits(value, wanted)) throw this.#fail(place, wrongType(wanted, value));
      values.push(value);
    }
    if (this.#options.forHead && dockerFunctions.has(name)) return values[0];
    try {
      return run(...values);
    } catch (error) {
      throw this.#fail(call, `error calling ${name}: ${messageOf(error)}`, error);
    }
  }

  /** A constant of the wrong type is found in the template, a value in the data. */
  #argument(arg: Operand, wanted: Parameter, dot: unknown): unknown {
    if (arg.kind === "literal" && wanted !== "any") {
      if (wanted === "string" && arg.type !== "string") {
        throw this.#fail(arg, `expected string; found ${arg.text}`);
      }
      if (wanted === "integer" && arg.type !== "int") {
        throw this.#fail(arg, `expected integer; found ${arg.text}`);
      }
    }
    const value = this.#operand(arg, dot);
    // The head of a table holds words where rows hold values of other types.
    if (!this.#options.forHead && !fits(value, wanted)) throw this.#fail(arg, wrongType(wanted, value));
    return value;
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
      case "nil":
        return null;
      case "dot":
        return dot;
      case "field":
        return this.#walk(dot, operand.path, operand);
      case "variable":
        return this.#walk(this.#slot(operand.name)[1], operand.path, operand);
      case "function":
        return this.#function(operand, { ...operand, args: [] }, dot, []);
      case "pipeline":
        return this.#walk(
          this.#calls(operand.pipeline, dot),
          operand.path,
          lastSeen(operand.pipeline) ?? operand,
        );
      default:
        return operand satisfies never;
    }
  }

  #slot(name: string): [string, unknown] {
    const slot = this.#variables.findLast(([known]) => known === name);
    if (!slot) throw new TemplateError("execute", `undefined variable: ${name}`);
    return slot;
  }

  #walk(start: unknown, path: readonly string[], place: Place): unknown {
    const { typeName, forHead = false } = this.#options;
    const isRow = (value: unknown) => value === this.#data && typeName !== undefined;
    const typed = this.#data instanceof GoStruct;
    let value = start;
    let inMap = false;
    for (const name of path) {
      const step = fieldOf(value, name, { inMap, typed, rowType: isRow(value) ? typeName : undefined });
      if ("wrong" in step) {
        if (forHead && step.absent) return undefined;
        throw this.#fail(place, step.wrong);
      }
      inMap = isJson(value) && !isRow(value);
      value = step.value;
    }
    return value;
  }
}

const dockerFunctions = new Set(["json", "split", "join", "title", "lower", "upper", "truncate"]);

/** Where Go's executor was last when a pipeline has been run. */
function lastSeen({ calls }: Pipeline): Place | undefined {
  return calls.at(-1)?.args.at(-1);
}

function lastOf({ path }: { readonly path: readonly string[] }): string {
  return path.at(-1) ?? "";
}
