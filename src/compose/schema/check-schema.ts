import { ComposeFileError, type ComposeProblem } from "../load/compose-error.ts";
import { pathText } from "../yaml/path-text.ts";
import { placeOf } from "../yaml/places.ts";
import type { YamlMap, YamlValue } from "../yaml/yaml-value.ts";
import { describeError } from "./describe-error.ts";
import { type SchemaError, validate } from "./generated/compose-validator.js";
import { settleErrors } from "./settle-errors.ts";

// trail: compose config
/**
 * Holds a merged model against the Compose Specification's schema. Throws a ComposeFileError with
 * every problem, from the top of the files to their ends.
 */
export function checkSchema(model: YamlMap): void {
  if (validate(model)) return;
  const errors = validate.errors ?? [];
  const found = hasBigInt(model) ? errorsOfPlain(model) : errors;
  if (found.length === 0) return;
  const problems = settleErrors(found).map((error) => problemOf(error, model));
  throw new ComposeFileError(problems);
}

function problemOf(error: SchemaError, model: YamlMap): ComposeProblem {
  const { path, value } = follow(model, error.instancePath);
  const { message, nearest, step } = describeError(error, path, value);
  const isWritten = step === undefined && value !== null;
  const place = placeOf(model, step === undefined ? path : [...path, step], isWritten ? "value" : "key");
  return { place, path: pathText(path), message, ...(nearest !== undefined && { nearest }) };
}

function follow(
  model: YamlMap,
  pointer: string,
): { path: (string | number)[]; value: YamlValue | undefined } {
  const path: (string | number)[] = [];
  let value: YamlValue | undefined = model;
  for (const written of pointer.split("/").slice(1)) {
    const step: string | number = Array.isArray(value)
      ? Number(written)
      : written.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(step);
    value = (value as Record<string | number, YamlValue> | undefined)?.[step];
  }
  return { path, value };
}

/** The validator knows no bigint: whole numbers too large for a double are held against it as doubles. */
function errorsOfPlain(model: YamlMap): readonly SchemaError[] {
  return validate(withoutBigInt(model)) ? [] : (validate.errors ?? []);
}

function hasBigInt(value: YamlValue): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasBigInt);
  return typeof value === "bigint";
}

function withoutBigInt(value: YamlValue): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(withoutBigInt);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBigInt(item)]));
}
