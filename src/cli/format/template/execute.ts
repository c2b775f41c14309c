import { Evaluator } from "./evaluate.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import { isTrue } from "./functions.ts";
import type { Node, ParsedTemplate, Pipeline } from "./nodes.ts";
import { printValue } from "./print-value.ts";
import { roundsOf } from "./rounds.ts";

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

/** Walks the nodes of a template and prints. */
class Execution {
  readonly #template: ParsedTemplate;
  readonly #evaluator: Evaluator;
  #depth = 0;

  constructor(template: ParsedTemplate, data: unknown, options: ExecuteOptions) {
    this.#template = template;
    this.#evaluator = new Evaluator(template.source, data, options);
  }

  run(nodes: readonly Node[], dot: unknown): string {
    const depth = this.#evaluator.variables.length;
    let text = "";
    try {
      for (const node of nodes) text += this.#node(node, dot);
      return text;
    } catch (error) {
      throw error instanceof Leave ? new Leave(error.how, text + error.text) : error;
    } finally {
      this.#evaluator.variables.length = depth;
    }
  }

  #node(node: Node, dot: unknown): string {
    switch (node.kind) {
      case "text":
        return node.text;
      case "print": {
        const value = this.#evaluator.pipeline(node.pipeline, dot);
        return node.pipeline.variables.length > 0 ? "" : printValue(value);
      }
      case "if":
      case "with": {
        const depth = this.#evaluator.variables.length;
        const value = this.#evaluator.pipeline(node.pipeline, dot);
        const inner = node.kind === "with" ? value : dot;
        const text = isTrue(value) ? this.run(node.then, inner) : this.run(node.otherwise, dot);
        this.#evaluator.variables.length = depth;
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
    if (!nodes) throw this.#evaluator.fail(node, `template ${JSON.stringify(node.name)} not defined`);
    if (this.#depth >= deepest) throw this.#evaluator.fail(node, "exceeded maximum template depth (100000)");
    const data = node.pipeline ? this.#evaluator.pipeline(node.pipeline, dot) : undefined;
    const variables = this.#evaluator.variables;
    this.#evaluator.variables = [["$", data]];
    this.#depth++;
    try {
      return this.run(nodes, data);
    } finally {
      this.#depth--;
      this.#evaluator.variables = variables;
    }
  }

  #range(node: Extract<Node, { kind: "if" | "range" | "with" }>, dot: unknown): string {
    const { pipeline } = node;
    const rounds = this.#rounds(this.#evaluator.calls(pipeline, dot), pipeline);
    if (rounds.length === 0) return this.run(node.otherwise, dot);
    let text = "";
    for (const [key, item] of rounds) {
      const depth = this.#evaluator.variables.length;
      const [first, second] = pipeline.variables;
      if (second !== undefined) this.#evaluator.variables.push([first ?? "", key], [second, item]);
      else if (first !== undefined) this.#evaluator.variables.push([first, item]);
      try {
        text += this.run(node.then, item);
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        text += error.text;
        if (error.how === "break") break;
      } finally {
        this.#evaluator.variables.length = depth;
      }
    }
    return text;
  }

  #rounds(value: unknown, pipeline: Pipeline): [unknown, unknown][] {
    const rounds = roundsOf(value);
    if (rounds) return rounds;
    const place = pipeline.calls.at(-1)?.first ?? { at: 0, text: "" };
    throw this.#evaluator.fail(place, `range can't iterate over ${printValue(value)}`);
  }
}
