import { dirname, join } from "node:path";
import Ajv from "ajv";
import standaloneCode from "ajv/dist/standalone";

/**
 * Makes `src/compose/schema/generated/` from the Compose Specification's JSON Schema: the validator
 * as plain code, so that no schema is compiled while a user waits. Run it with `npm run generate`; a
 * test compares its output with the files in the repository.
 */
const root = dirname(import.meta.dir);
const sourceFile = join(root, "reference/compose-spec.schema.json");
const outputDirectory = join(root, "src/compose/schema/generated");

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export async function generate(): Promise<Record<string, string>> {
  const schema = asDockerComposeHasIt(withoutProse(await Bun.file(sourceFile).json()));
  const ajv = new Ajv({
    code: { source: true, esm: true },
    strict: false,
    validateSchema: false,
    allErrors: true,
    messages: false,
    inlineRefs: false,
    addUsedSchema: false,
    unicodeRegExp: false,
  });
  const code = standaloneCode(ajv, ajv.compile(schema as object))
    .replaceAll('require("ajv/dist/runtime/equal").default', "sameValue")
    .replace('"use strict";', "")
    .replace("export default validate0;", "");
  if (code.includes("require(")) throw new Error("the generated validator wants a module of ajv's");
  const name = /const (schema\d+) = \{"\$id"/.exec(code)?.[1];
  if (name === undefined) throw new Error("the generated validator does not hold the schema");
  return {
    "compose-validator.js": [
      '// Made by "npm run generate" from reference/compose-spec.schema.json.',
      'import { sameValue } from "../same-value.ts";',
      code,
      `export const schema = ${name};`,
      "",
    ].join("\n"),
  };
}

/** Titles and descriptions are for readers of the schema. */
function withoutProse(value: Json, isKeyword = true): Json {
  if (Array.isArray(value)) return value.map((item) => withoutProse(item));
  if (typeof value !== "object" || value === null) return value;
  const kept: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    const isProse = isKeyword && ["title", "description", "$schema", "deprecated"].includes(key);
    if (isProse && typeof item !== "object") continue;
    kept[key] = withoutProse(item, !(isKeyword && (key === "properties" || key === "definitions")));
  }
  return kept;
}

/** What Docker Compose's own copy of the schema has otherwise. */
function asDockerComposeHasIt(schema: Json): Json {
  const models = at(schema, ["definitions", "service", "properties", "models", "oneOf", 1]);
  const byName = at(models, ["patternProperties"]) as Record<string, Json>;
  for (const [pattern, model] of Object.entries(byName)) {
    // `models: { llm: }`, a model with nothing more to say about it.
    byName[pattern] = { oneOf: [model, { type: "null" }] };
  }
  return schema;
}

function at(value: Json, path: readonly (string | number)[]): Json {
  let found: Json | undefined = value;
  for (const step of path) found = (found as Record<string | number, Json> | undefined)?.[step];
  if (found === undefined) throw new Error(`the schema has no ${path.join(".")}`);
  return found;
}

if (import.meta.main) {
  for (const [name, content] of Object.entries(await generate())) {
    await Bun.write(join(outputDirectory, name), content);
  }
}
