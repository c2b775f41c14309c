import { type CompactSchema, type Definitions, isObject } from "./validate.ts";

/**
 * What is wrong with one JSON answer, member by member; empty when nothing is, undefined
 * when the API file says nothing of such an answer.
 */
export async function validateResponse(
  method: string,
  path: string,
  status: number,
  body: unknown,
): Promise<string[] | undefined> {
  const { default: file } = await import("./generated/response-schemas.json");
  const known: {
    definitions: Definitions;
    operations: Readonly<
      Record<string, { method: string; path: string; responses: Readonly<Record<string, CompactSchema>> }>
    >;
  } = file;
  const candidates = Object.values(known.operations).filter((candidate) => candidate.method === method);
  const operation =
    candidates.find((candidate) => candidate.path === path) ??
    candidates.find((candidate) => candidate.path.includes("{") && pathMatches(candidate.path, path));
  if (!operation) return undefined;
  const schema = operation.responses[String(status)];
  if (schema) return [...problems(schema, body, "", known.definitions)];
  if (status >= 400) return [...problems({ ref: "ErrorResponse" }, body, "", known.definitions)];
  return undefined;
}

/** Names may hold slashes (images, plugins), everything else is one segment. */
function pathMatches(pattern: string, path: string): boolean {
  const source = pattern
    .split("/")
    .map((segment) => {
      if (segment === "{name}") return ".+";
      return segment.startsWith("{") ? "[^/]+" : RegExp.escape(segment);
    })
    .join("/");
  return new RegExp(`^${source}$`).test(path);
}

function* problems(
  given: CompactSchema,
  value: unknown,
  path: string,
  definitions: Definitions,
): Generator<string> {
  let schema = given;
  let nullable = schema.nullable ?? false;
  while (schema.ref !== undefined) {
    schema = definitions[schema.ref] ?? {};
    nullable ||= schema.nullable ?? false;
  }
  if (value === null && nullable) return;
  const at = path || "the body";
  if (schema.enum && !schema.enum.some((allowed) => allowed === value)) {
    yield `${at} is not one of the allowed words: ${JSON.stringify(value)}`;
    return;
  }
  switch (schema.type) {
    case "string":
    case "boolean":
    case "number":
      if (typeof value !== schema.type) yield `${at} is not a ${schema.type}: ${JSON.stringify(value)}`;
      return;
    case "integer":
      if (!Number.isInteger(value)) yield `${at} is not an integer: ${JSON.stringify(value)}`;
      return;
    case "array":
      if (!Array.isArray(value)) yield `${at} is not a list: ${JSON.stringify(value)}`;
      else if (schema.items) {
        for (const [index, item] of value.entries()) {
          yield* problems(schema.items, item, `${path}[${index}]`, definitions);
        }
      }
      return;
    case "object":
      if (!isObject(value)) yield `${at} is not an object: ${JSON.stringify(value)}`;
      else yield* objectProblems(schema, value, path, definitions);
  }
}

/** Docker prints null here, and its clients know it; the API file does not say so. */
const nullAllTheSame = new Set([
  // Of an exec that has not ended.
  ".ExitCode",
  ".HostConfig.MemorySwappiness",
  ".HostConfig.OomKillDisable",
]);

function* objectProblems(
  schema: CompactSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  definitions: Definitions,
): Generator<string> {
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) yield `${path}.${name} is missing`;
  }
  for (const [name, member] of Object.entries(value)) {
    const known = schema.properties && Object.hasOwn(schema.properties, name);
    const inner = known ? schema.properties?.[name] : schema.values;
    if (!inner) continue;
    // Go prints nil lists, maps and pointers to objects as null.
    if (member === null && !schema.required?.includes(name) && isContainerType(inner, definitions)) continue;
    if (member === null && nullAllTheSame.has(`${path}.${name}`)) continue;
    yield* problems(inner, member, `${path}.${name}`, definitions);
  }
}

function isContainerType(schema: CompactSchema, definitions: Definitions): boolean {
  if (schema.ref !== undefined) return isContainerType(definitions[schema.ref] ?? {}, definitions);
  return schema.type === "array" || schema.type === "object";
}
