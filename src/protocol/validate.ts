import { invalidArgument } from "../errors/engine-error.ts";
import type { Operations } from "./generated/types.ts";

/** The form of a schema in `generated/*.json`. */
export interface CompactSchema {
  readonly type?: string;
  readonly ref?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly (string | number)[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, CompactSchema>>;
  readonly items?: CompactSchema;
  /** Schema of the values of a map. */
  readonly values?: CompactSchema;
  /** A list that may also be written as one string (Go's strslice). */
  readonly orString?: boolean;
}

export type Definitions = Readonly<Record<string, CompactSchema>>;

/** A request body as the parser gives it: a null counts as absent, so none are left. */
export type Present<T> = T extends readonly (infer Item)[]
  ? Present<Item>[]
  : T extends object
    ? { [Key in keyof T]: Present<NonNullable<T[Key]>> }
    : T;

type WithBody = {
  [Id in keyof Operations]: Operations[Id] extends { body: unknown } ? Id : never;
}[keyof Operations];
export type RequestBody<Id extends WithBody> = Present<NonNullable<Operations[Id]["body"]>>;

/**
 * Checks a request body against the API file and returns a clean copy: nulls and unknown
 * keys dropped (Docker ignores both), keys in their proper case (Go matches any case).
 * Throws one sentence that names the first member with a wrong type.
 */
export async function parseBody<Id extends WithBody>(operation: Id, body: unknown): Promise<RequestBody<Id>> {
  // Loaded on first use: pings and lists should not pay for it.
  const { default: schemas } = await import("./generated/request-schemas.json");
  const known: { definitions: Definitions; operations: Readonly<Record<string, CompactSchema>> } = schemas;
  const schema = known.operations[operation];
  if (!schema) throw new Error(`no body schema for ${operation}`);
  if (body === undefined || body === null) return clean(schema, {}, "", known.definitions) as RequestBody<Id>;
  return clean(schema, body, "", known.definitions) as RequestBody<Id>;
}

function clean(schema: CompactSchema, value: unknown, path: string, definitions: Definitions): unknown {
  if (schema.ref !== undefined) {
    const target = definitions[schema.ref];
    if (!target) throw new Error(`no schema for ${schema.ref}`);
    return clean(target, value, path, definitions);
  }
  switch (schema.type) {
    case "array":
      return cleanList(schema, value, path, definitions);
    case "object":
      if (!isObject(value)) throw mistyped(path, "an object", value);
      return schema.values
        ? cleanMap(schema.values, value, path, definitions)
        : cleanObject(schema, value, path, definitions);
    case "integer":
      return cleanInteger(value, path);
    case "number":
      if (typeof value !== "number") throw mistyped(path, "a number", value);
      break;
    case "boolean":
      if (typeof value !== "boolean") throw mistyped(path, "a boolean", value);
      break;
    case "string":
      if (typeof value !== "string") throw mistyped(path, "a string", value);
      break;
    default:
      return value;
  }
  checkEnum(schema, value, path);
  return value;
}

function cleanObject(
  schema: CompactSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  definitions: Definitions,
): Record<string, unknown> {
  const properties = schema.properties;
  if (!properties) return { ...value };
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === null) continue;
    const name = Object.hasOwn(properties, key) ? key : properName(properties, key);
    const inner = name === undefined ? undefined : properties[name];
    if (name === undefined || !inner) continue;
    result[name] = clean(inner, member, path === "" ? name : `${path}.${name}`, definitions);
  }
  return result;
}

function properName(properties: Readonly<Record<string, CompactSchema>>, key: string): string | undefined {
  const lower = key.toLowerCase();
  return Object.keys(properties).find((name) => name.toLowerCase() === lower);
}

/** In a map the key itself says something: a null value is the empty value of its type. */
function cleanMap(
  schema: CompactSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  definitions: Definitions,
): Record<string, unknown> {
  const empty = emptyValue(schema, definitions);
  // fromEntries defines members, so that a key named __proto__ stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      clean(schema, member ?? empty, `${path}[${JSON.stringify(key)}]`, definitions),
    ]),
  );
}

function emptyValue(schema: CompactSchema, definitions: Definitions): unknown {
  if (schema.ref !== undefined) return emptyValue(definitions[schema.ref] ?? {}, definitions);
  if (schema.type === "array") return [];
  if (schema.type === "object") return {};
  return schema.type === "string" ? "" : undefined;
}

function cleanList(schema: CompactSchema, value: unknown, path: string, definitions: Definitions): unknown[] {
  if (schema.orString && typeof value === "string") return [value];
  if (!Array.isArray(value)) throw mistyped(path, "a list", value);
  const items = schema.items;
  if (!items) return value;
  return value.map((item, index) => clean(items, item, `${path}[${index}]`, definitions));
}

function cleanInteger(value: unknown, path: string): number {
  if (typeof value !== "number") throw mistyped(path, "an integer", value);
  if (!Number.isInteger(value)) {
    throw invalidArgument(`invalid JSON: ${path} must be an integer, not ${value}`);
  }
  if (Math.abs(value) > 2 ** 63) throw invalidArgument(`invalid JSON: ${path} is out of range: ${value}`);
  return value;
}

function checkEnum(schema: CompactSchema, value: unknown, path: string): void {
  if (!schema.enum || schema.enum.some((allowed) => allowed === value)) return;
  const choices = schema.enum.filter((allowed) => allowed !== "").map((allowed) => JSON.stringify(allowed));
  throw invalidArgument(`invalid ${path} ${JSON.stringify(value)}: must be one of ${choices.join(", ")}`);
}

function mistyped(path: string, wanted: string, value: unknown) {
  const subject = path === "" ? "the request body" : path;
  return invalidArgument(`invalid JSON: ${subject} must be ${wanted}, not ${kindOf(value)}`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return `a ${typeof value}`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
