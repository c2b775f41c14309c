/**
 * What one value of the model is: how it is read from a file, when it is left out of what is
 * printed, and how it is written. In words of Go, whose printing is to be met to the letter.
 */
export type Kind =
  | Scalar
  | Collection
  /** A structure that is always there: YAML leaves it out when nothing is in it, JSON never does. */
  | { readonly value: Shape }
  /** A structure that is there or not; an empty one is printed as `{}`. */
  | { readonly pointer: Shape }
  | { readonly listOf: Shape }
  | { readonly mapOf: Shape }
  /** As `mapOf`, and a name may stand there with nothing: null. */
  | { readonly mapOfOptional: Shape };

/** Left out when it is nothing: the empty string, zero, false. */
export type Scalar =
  | "string"
  | "integer"
  /** A number of single precision. */
  | "float"
  /** Read from a string too; printed as a number. */
  | "cpus"
  | "boolean"
  | "duration"
  | "bytes"
  /** `all` is -1. */
  | "device-count"
  /** There or not: zero and false are printed. */
  | "optional-integer"
  | "optional-boolean"
  | "optional-duration"
  | "optional-file-mode";

/** Left out when nothing is in it. */
export type Collection =
  | "strings"
  /** A string stands for a list of one. */
  | "string-list"
  /** As `string-list`, of numbers too. */
  | "string-or-number-list"
  /** A string is split as a shell does. An empty one is printed; JSON writes null for an absent one. */
  | "shell-command"
  /** A string is `CMD-SHELL`. */
  | "health-test"
  /** `KEY=VALUE` or a map; a value that is missing is empty. */
  | "mapping"
  /** As `mapping`, for what a person writes on things. */
  | "labels"
  /** A map alone. */
  | "options"
  /** A map whose values are lists. */
  | "multi-options"
  /** As `mapping`, with null for what takes its value from the environment. */
  | "mapping-with-equals"
  /** Name to addresses; printed as a sorted list of `name=address`. */
  | "hosts"
  /** Ids with paths; printed as a list. */
  | "ssh"
  /** A required one is printed as its path alone. */
  | "env-files"
  /** A number, or soft and hard. */
  | "ulimits";

export interface Field {
  readonly key: string;
  readonly kind: Kind;
  /** The key in JSON, where it is another one; `false`: not in JSON at all. */
  readonly json?: string | false;
  /** `false`: not in YAML. */
  readonly yaml?: false;
  /** Printed even when it is nothing. */
  readonly always?: "yaml" | "json" | "both";
}

/** The fields of a structure in the order in which Docker Compose prints and hashes them. */
export interface Shape {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Whether `x-` keys are kept: printed in YAML behind the fields, never in JSON. */
  readonly extensible: boolean;
}

/** Fields are `[key, kind]`, with what is out of the ordinary behind. */
export function shape(
  name: string,
  fields: readonly (readonly [string, Kind, Omit<Field, "key" | "kind">?])[],
): Shape {
  return { name, fields: fields.map(([key, kind, rest]) => ({ key, kind, ...rest })), extensible: true };
}

export function closed(shape: Shape): Shape {
  return { ...shape, extensible: false };
}
