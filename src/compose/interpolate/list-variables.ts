import type { YamlValue } from "../yaml/yaml-value.ts";
import { closingBrace } from "./substitute.ts";

/** A variable as a file speaks of it: a line of `config --variables`. */
export interface NamedVariable {
  readonly name: string;
  readonly required: boolean;
  readonly defaultValue: string;
  readonly presenceValue: string;
}

const reference = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*(?::?[-+?][^\n]*)?)\}|))/gi;

/** Every variable in the values of a tree that is not yet expanded; the last one of a name counts. */
export function listVariables(tree: YamlValue): Map<string, NamedVariable> {
  const found = new Map<string, NamedVariable>();
  gather(tree, found);
  return found;
}

function gather(value: YamlValue, into: Map<string, NamedVariable>): void {
  if (typeof value === "string") {
    for (const variable of variablesOf(value)) into.set(variable.name, variable);
  } else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) gather(item, into);
  }
}

function variablesOf(text: string): NamedVariable[] {
  const list: NamedVariable[] = [];
  for (const [match, escaped, plain, braced] of text.matchAll(reference)) {
    if (escaped) continue;
    let inside = plain ?? braced ?? "";
    if (plain === undefined) {
      const end = closingBrace(match);
      if (end > 0) {
        inside = match.slice(2, end);
        list.push(...variablesOf(match.slice(end + 1)));
      }
    }
    const [, name = inside, operator = "", argument = ""] =
      /^([a-z0-9_]+)(:?[-+?])([\s\S]*)$/i.exec(inside) ?? [];
    const variable = {
      name,
      required: operator.endsWith("?"),
      defaultValue: operator.endsWith("-") ? argument : "",
      presenceValue: operator.endsWith("+") ? argument : "",
    };
    list.push(variable, ...variablesOf(variable.defaultValue), ...variablesOf(variable.presenceValue));
  }
  return list;
}
