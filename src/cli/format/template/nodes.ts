import type { Place } from "./template-error.ts";

/** A value named in a template. */
export type Operand = Place &
  (
    | {
        readonly kind: "literal";
        readonly value: unknown;
        readonly type: "string" | "int" | "float64" | "bool";
      }
    | { readonly kind: "nil" }
    | { readonly kind: "dot" }
    | { readonly kind: "field"; readonly path: readonly string[] }
    | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[] }
    | { readonly kind: "function"; readonly name: string }
    | { readonly kind: "pipeline"; readonly pipeline: Pipeline; readonly path: readonly string[] }
  );

/** `printf "%s" .Name`: first what is called or named, then arguments. */
export interface Call extends Place {
  readonly first: Operand;
  readonly args: readonly Operand[];
}

/** `$x := .A | upper | printf "%s"`: each result is the last argument of the next. */
export interface Pipeline {
  readonly variables: readonly string[];
  /** `=` assigns to a variable that is there; `:=` makes one. */
  readonly declares: boolean;
  readonly calls: readonly Call[];
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
  | ({ readonly kind: "template"; readonly name: string; readonly pipeline: Pipeline | undefined } & Place)
  | { readonly kind: "break" | "continue" };

export interface ParsedTemplate {
  readonly source: string;
  readonly nodes: readonly Node[];
  /** What `{{define}}` and `{{block}}` named. */
  readonly defined: ReadonlyMap<string, readonly Node[]>;
}
