import { listVariables, type NamedVariable } from "../../../compose/interpolate/list-variables.ts";
import { indentedJson } from "../../../compose/print/go-json.ts";
import type { GoValue } from "../../../compose/print/go-value.ts";
import { yamlDocument } from "../../../compose/print/go-yaml.ts";
import { compareBytes, compareYamlKeys } from "../../../compose/print/key-order.ts";
import type { YamlMap } from "../../../compose/yaml/yaml-value.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";

const heads = ["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"];

/** Columns are as wide as their longest text, but at least that. */
const narrowest = 20;

/** The variables a model speaks of: a table, YAML with an indentation of four, or JSON. */
export function variablesText(model: YamlMap, format: string): string {
  const variables = listVariables(model);
  const named = (compare: typeof compareBytes) =>
    [...variables].sort(([left], [right]) => compare(left, right)).map(([, variable]) => variable);
  switch (format) {
    case "":
    case "table":
    case "pretty":
      return table([heads, ...named(compareBytes).map(cells)]);
    case "yaml":
      return yamlDocument(
        view(named(compareYamlKeys), (word) => word.toLowerCase()),
        4,
      );
    case "json":
      return `${indentedJson(
        view(named(compareBytes), (word) => word),
        "",
        "    ",
      )}\n\n`;
    default:
      throw invalidArgument(`format value ${JSON.stringify(format)} could not be parsed: parsing failed`);
  }
}

const cells = ({ name, required, defaultValue, presenceValue }: NamedVariable) => [
  name,
  String(required),
  defaultValue,
  presenceValue,
];

function view(variables: readonly NamedVariable[], word: (text: string) => string): GoValue {
  return new Map(
    variables.map(({ name, required, defaultValue, presenceValue }) => {
      const fields: [string, GoValue][] = [
        [word("Name"), name],
        [word("DefaultValue"), defaultValue],
        [word("PresenceValue"), presenceValue],
        [word("Required"), required],
      ];
      return [name, new Map(fields)];
    }),
  );
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = heads.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length + 3), narrowest),
  );
  return rows
    .map((row) => row.map((cell, at) => (at < row.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell)).join(""))
    .map((line) => `${line}\n`)
    .join("");
}
