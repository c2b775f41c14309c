import { GoMap, GoNil, GoStruct } from "../go-types/go-struct.ts";
import { goTypeOf } from "./go-type-of.ts";

interface Around {
  /** The value came out of JSON of unknown shape. */
  readonly inMap: boolean;
  /** It is a row of a list, of this type. */
  readonly rowType: string | undefined;
  /** The template looks at Go's types: what is not there is no mistake. */
  readonly typed: boolean;
}

/** A field of a value, or Go's words for why there is none. */
type Step =
  | { readonly value: unknown }
  | { readonly wrong: string /** It could be there. */; readonly absent: boolean };

export function fieldOf(value: unknown, name: string, { inMap, rowType, typed }: Around): Step {
  const wrong = (words: string, absent = false): Step => ({ wrong: words, absent });
  const noField = (type: string) => `can't evaluate field ${name} in type ${type}`;
  if (value === undefined) {
    return typed ? { value } : wrong(`nil data; no entry for key ${JSON.stringify(name)}`);
  }
  if (value === null) return wrong(`nil pointer evaluating interface {}.${name}`);
  if (value instanceof GoNil) return wrong(`nil pointer evaluating ${value.typeName}.${name}`);
  if (value instanceof GoStruct) {
    return value.has(name) ? { value: value.get(name) } : wrong(noField(value.typeName));
  }
  if (!isJson(value)) return wrong(noField(inMap ? "interface {}" : goTypeOf(value)));
  if (Object.hasOwn(value, name)) return { value: value[name] };
  if (value instanceof GoMap) return { value: undefined };
  return wrong(
    rowType === undefined ? `map has no entry for key ${JSON.stringify(name)}` : noField(rowType),
    true,
  );
}

/** Something with fields by name. */
export function isJson(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof GoStruct);
}
