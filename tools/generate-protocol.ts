import { dirname, join } from "node:path";
import { parse } from "yaml";

/**
 * Makes `src/protocol/generated/` from the Engine API's OpenAPI file: TypeScript types of
 * every definition and operation an engine outside a swarm serves, and two compact schema
 * files (request bodies, responses) for `protocol/validate.ts`. Run it with
 * `npm run generate`; a test compares its output with the files in the repository.
 */
const root = dirname(import.meta.dir);
const sourceFile = join(root, "reference/docker-engine-api-v1.51.yaml");
const outputDirectory = join(root, "src/protocol/generated");

/** What of OpenAPI 2 the file uses. */
interface Schema {
  type?: string;
  format?: string;
  enum?: (string | number | object)[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  allOf?: Schema[];
  $ref?: string;
  "x-nullable"?: boolean;
}

interface Parameter {
  name: string;
  in: "path" | "query" | "header" | "body";
  type?: string;
  schema?: Schema;
  items?: Schema;
}

interface Operation {
  operationId: string;
  tags: string[];
  parameters?: Parameter[];
  responses: Record<string, { schema?: Schema }>;
}

interface Document {
  definitions: Record<string, Schema>;
  paths: Record<string, Record<string, Operation>>;
}

/** Lists that Go also reads from one plain string. */
const stringOrList = new Set([
  "ContainerConfig.Cmd",
  "ContainerConfig.Entrypoint",
  "ContainerConfig.Shell",
  "HostConfig.CapAdd",
  "HostConfig.CapDrop",
]);

/**
 * Words the engine checks itself, because Docker refuses a wrong one with a sentence of
 * its own (or accepts more words than the file lists, as plugins may add some).
 */
const enumsLeftToTheEngine = new Set([
  "RestartPolicy.Name",
  "HostConfig.LogConfig.Type",
  "HostConfig.CgroupnsMode",
  "HostConfig.Isolation",
  "MountType",
  "Mount.BindOptions.Propagation",
]);

const swarmTags = new Set(["Swarm", "Node", "Service", "Task", "Secret", "Config"]);

/** The form `protocol/validate.ts` reads; see `CompactSchema` there. */
type Compact = Record<string, unknown>;

export async function generate(): Promise<Record<string, string>> {
  const document: Document = parse(await Bun.file(sourceFile).text());
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => !operation.tags.some((tag) => swarmTags.has(tag)))
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  );
  const bodies = new Map<string, Schema>();
  const responses = new Map<string, Record<string, Schema>>();
  for (const operation of operations) {
    const body = operation.parameters?.find((parameter) => parameter.in === "body")?.schema;
    if (body) bodies.set(operation.operationId, body);
    const answers: Record<string, Schema> = {};
    for (const [status, response] of Object.entries(operation.responses)) {
      if (response.schema) answers[status] = response.schema;
    }
    responses.set(operation.operationId, answers);
  }

  const requested = reachable(document, [...bodies.values()]);
  const answered = reachable(document, [...responses.values()].flatMap(Object.values<Schema>));
  const define = (names: ReadonlySet<string>, path = (name: string) => name) =>
    Object.fromEntries(
      [...names].sort().map((name) => [name, compact(document, definition(document, name), path(name))]),
    );

  return {
    "types.ts": types(document, new Set([...requested, ...answered]), operations),
    "operation-paths.ts": operationPaths(operations),
    "request-schemas.json": json({
      definitions: define(requested),
      operations: Object.fromEntries(
        [...bodies].map(([id, schema]) => [id, compact(document, schema, bodyPath(schema) ?? id)]),
      ),
    }),
    "response-schemas.json": json({
      definitions: define(answered, () => ""),
      operations: Object.fromEntries(
        operations.map(({ operationId, method, path }) => [
          operationId,
          {
            method,
            path,
            responses: Object.fromEntries(
              Object.entries(responses.get(operationId) ?? {}).map(([status, schema]) => [
                status,
                compact(document, schema, ""),
              ]),
            ),
          },
        ]),
      ),
    }),
  };
}

const json = (value: unknown) => `${JSON.stringify(value)}\n`;

const refName = (ref: string) => ref.slice("#/definitions/".length);

function definition(document: Document, name: string): Schema {
  const schema = document.definitions[name];
  if (!schema) throw new Error(`the API file has no definition "${name}"`);
  return schema;
}

/** Names of all definitions that these schemas stand on. */
function reachable(document: Document, schemas: Schema[]): Set<string> {
  const names = new Set<string>();
  const visit = (schema: Schema | undefined): void => {
    if (!schema) return;
    if (schema.$ref !== undefined) {
      const name = refName(schema.$ref);
      if (names.has(name)) return;
      names.add(name);
      visit(definition(document, name));
    }
    for (const part of schema.allOf ?? []) visit(part);
    for (const property of Object.values(schema.properties ?? {})) visit(property);
    visit(schema.items);
    if (typeof schema.additionalProperties === "object") visit(schema.additionalProperties);
  };
  for (const schema of schemas) visit(schema);
  return names;
}

/** `allOf` of objects becomes one object; `allOf` of one reference becomes that reference. */
function merged(document: Document, schema: Schema): Schema {
  const parts = schema.allOf;
  if (!parts) return schema;
  const { allOf: _, ...own } = schema;
  if (parts.length === 1 && !own.properties) return { ...parts[0], ...own };
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const part of [...parts, own]) {
    const resolved = merged(document, part.$ref ? definition(document, refName(part.$ref)) : part);
    Object.assign(properties, resolved.properties);
    required.push(...(resolved.required ?? []));
  }
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}

/** A body made by `allOf` of a definition and more members keeps that definition's name for the sets above. */
function bodyPath(schema: Schema): string | undefined {
  const first = schema.allOf?.[0]?.$ref;
  return first === undefined ? undefined : refName(first);
}

/** `path` names the place (`HostConfig.CapAdd`) for the sets above; "" for answers, which they leave alone. */
function compact(document: Document, given: Schema, path: string): Compact {
  const schema = merged(document, given);
  const result: Compact = {};
  if (schema.$ref !== undefined) result.ref = refName(schema.$ref);
  else if (schema.type) result.type = schema.type;
  if (schema["x-nullable"]) result.nullable = true;
  if (schema.enum && schema.type !== "object" && !enumsLeftToTheEngine.has(path)) result.enum = schema.enum;
  if (stringOrList.has(path)) result.orString = true;
  if (schema.required) result.required = schema.required;
  if (schema.properties) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [
        name,
        compact(document, property, path && `${path}.${name}`),
      ]),
    );
  }
  if (schema.items) result.items = compact(document, schema.items, path && `${path}[]`);
  if (typeof schema.additionalProperties === "object") {
    result.values = compact(document, schema.additionalProperties, path && `${path}{}`);
  }
  return result;
}

function types(
  document: Document,
  names: ReadonlySet<string>,
  operations: readonly (Operation & { path: string; method: string })[],
): string {
  let text = "// Generated by tools/generate-protocol.ts from the Engine API v1.51 file. Do not edit.\n";
  for (const name of [...names].sort()) {
    text += `\nexport type ${name} = ${typeOf(document, definition(document, name), "")};\n`;
  }
  text +=
    "\n/** Every operation: its JSON request body and its JSON answers by status. */\nexport interface Operations {\n";
  for (const operation of operations) {
    const body = operation.parameters?.find((parameter) => parameter.in === "body")?.schema;
    const answers = Object.entries(operation.responses)
      .filter(([, response]) => response.schema)
      .map(([status, { schema = {} }]) => `      ${status}: ${typeOf(document, schema, "      ")};\n`)
      .join("");
    text += `  /** \`${operation.method} ${operation.path}\` */\n  ${operation.operationId}: {\n`;
    if (body) text += `    body: ${typeOf(document, body, "    ")};\n`;
    text += `    responses: {\n${answers}    };\n  };\n`;
  }
  return `${text}}\n`;
}

/** Method and path by operation, for the client. */
function operationPaths(operations: readonly (Operation & { path: string; method: string })[]): string {
  const lines = operations.map(
    ({ operationId, method, path }) =>
      `  ${operationId}: [${JSON.stringify(method)}, ${JSON.stringify(path)}],\n`,
  );
  return `// Generated by tools/generate-protocol.ts. Do not edit.\nexport const operationPaths = {\n${lines.join("")}} as const;\n`;
}

function typeOf(document: Document, given: Schema, indent: string): string {
  const schema = merged(document, given);
  const plain = plainType(document, schema, indent);
  return schema["x-nullable"] ? `${plain} | null` : plain;
}

function plainType(document: Document, schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return refName(schema.$ref);
  if (schema.enum && schema.type !== "object") {
    return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  }
  if (schema.type === "string") return schema.format === "binary" ? "Uint8Array" : "string";
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "boolean") return "boolean";
  if (schema.type === "array") {
    const item = typeOf(document, schema.items ?? {}, indent);
    return `${/^[\w.]+$/.test(item) ? item : `(${item})`}[]`;
  }
  if (schema.properties) return objectType(document, schema, indent);
  if (typeof schema.additionalProperties === "object") {
    return `Record<string, ${typeOf(document, schema.additionalProperties, indent)}>`;
  }
  return schema.type === "object" ? "Record<string, unknown>" : "unknown";
}

/** Go prints nil for lists and maps it has not got: what is not required may be null. */
function objectType(document: Document, schema: Schema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    const type = typeOf(document, property, inner);
    if (schema.required?.includes(name)) return `${inner}${key}: ${type};\n`;
    return `${inner}${key}?: ${type.endsWith(" | null") ? type : `${type} | null`};\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

if (import.meta.main) {
  for (const [name, content] of Object.entries(await generate())) {
    await Bun.write(join(outputDirectory, name), content);
  }
}
