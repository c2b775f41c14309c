import { messageOf } from "../../../errors/engine-error.ts";
import { GoStruct } from "../go-types/go-struct.ts";
import { fits, wrongCount, wrongType } from "./arguments.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import { fieldOf, isJson } from "./field.ts";
import { functions, isTrue, type Parameter } from "./functions.ts";
import type { Call, Operand, ParsedTemplate, Pipeline } from "./nodes.ts";
import { executionError, type Place, TemplateError } from "./template-error.ts";

/** Values of what stands between braces: pipelines, calls, fields and variables. */
export class Evaluator {
  readonly #source: ParsedTemplate["source"];
  readonly #options: ExecuteOptions;
  readonly #data: unknown;
  /** The innermost last; who opens a block shortens it again. */
  variables: [name: string, value: unknown][];

  constructor(source: ParsedTemplate["source"], data: unknown, options: ExecuteOptions) {
    this.#source = source;
    this.#data = data;
    this.#options = options;
    this.variables = [["$", data]];
  }

  fail(place: Place, reason: string, cause?: unknown): Error {
    return executionError(this.#source, place, reason, cause);
  }

  /** The value; variables of the pipeline are set to it. */
  pipeline(pipeline: Pipeline, dot: unknown): unknown {
    const value = this.calls(pipeline, dot);
    for (const name of pipeline.variables) {
      if (pipeline.declares) this.variables.push([name, value]);
      else this.#slot(name)[1] = value;
    }
    return value;
  }

  calls(pipeline: Pipeline, dot: unknown): unknown {
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
    if (first.kind === "nil") throw this.fail(first, "nil is not a command");
    if (first.kind === "field" || first.kind === "variable") {
      const value = this.#operand(first, dot);
      // A method of a row: `.Label "key"`.
      if (typeof value === "function") {
        if (given !== value.length) throw this.fail(first, wrongCount(lastOf(first), value.length, given));
        return value(...args.map((arg) => this.#operand(arg, dot)), ...piped);
      }
      if (given === 0) return value;
      if (this.#options.typeName !== undefined && first.kind === "field") {
        throw this.fail(first, wrongCount(lastOf(first), 0, given));
      }
      throw this.fail(first, `${lastOf(first)} is not a method but has arguments`);
    }
    if (given > 0) throw this.fail(first, `can't give argument to non-function ${first.text}`);
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
    if (!known) throw this.fail(place, `${JSON.stringify(name)} is not a defined function`);
    const { parameters, variadic, run } = known;
    const given = args.length + piped.length;
    if (variadic ? given < parameters.length : given !== parameters.length) {
      throw this.fail(place, wrongCount(name, parameters.length, given, variadic));
    }
    if (name === "and" || name === "or") return this.#shortCircuit(name, args, dot, piped);
    const values = args.map((arg, i) => this.#argument(arg, parameters[i] ?? "any", dot));
    for (const [i, value] of piped.entries()) {
      const wanted = parameters[args.length + i] ?? "any";
      if (!fits(value, wanted)) throw this.fail(place, wrongType(wanted, value));
      values.push(value);
    }
    if (this.#options.forHead && dockerFunctions.has(name)) return values[0];
    try {
      return run(...values);
    } catch (error) {
      throw this.fail(call, `error calling ${name}: ${messageOf(error)}`, error);
    }
  }

  /** A constant of the wrong type is found in the template, a value in the data. */
  #argument(arg: Operand, wanted: Parameter, dot: unknown): unknown {
    if (arg.kind === "literal" && wanted !== "any") {
      if (wanted === "string" && arg.type !== "string") {
        throw this.fail(arg, `expected string; found ${arg.text}`);
      }
      if (wanted === "integer" && arg.type !== "int") {
        throw this.fail(arg, `expected integer; found ${arg.text}`);
      }
    }
    const value = this.#operand(arg, dot);
    // The head of a table holds words where rows hold values of other types.
    if (!this.#options.forHead && !fits(value, wanted)) throw this.fail(arg, wrongType(wanted, value));
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
          this.calls(operand.pipeline, dot),
          operand.path,
          lastSeen(operand.pipeline) ?? operand,
        );
      default:
        return operand satisfies never;
    }
  }

  #slot(name: string): [string, unknown] {
    const slot = this.variables.findLast(([known]) => known === name);
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
        throw this.fail(place, step.wrong);
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
