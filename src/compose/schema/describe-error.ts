import { nearest } from "../../lib/nearest.ts";
import type { SchemaError } from "./generated/compose-validator.js";
import { isServiceKey, looksLikeService, mappingSchemaAt, nearestKey, sectionOf } from "./known-keys.ts";

export interface Description {
  readonly message: string;
  readonly nearest?: string | undefined;
  /** The step below the error's path the sentence speaks of. */
  readonly step?: string | number;
}

/** One sentence for one mistake. `value` is what stands at its path, `path` says where that is. */
export function describeError(error: SchemaError, path: Path, value: unknown): Description {
  const { params } = error;
  switch (error.keyword) {
    case "type":
      return { message: wrongKind([params.type as string | string[]].flat(), path, value) };
    case "additionalProperties":
      return unknownKey(String(params.additionalProperty), path, value);
    case "required":
      return { message: `the key ${quoted(params.missingProperty)} is missing` };
    case "enum":
      return oneOf(params.allowedValues as unknown[], value);
    case "pattern":
      return unfit(String(params.pattern), value);
    case "uniqueItems": {
      const step = Math.max(Number(params.i), Number(params.j));
      return { message: `${shown((value as unknown[])[step])} is there twice`, step };
    }
    case "minimum":
    case "maximum": {
      const bound = error.keyword === "minimum" ? "at least" : "at most";
      return { message: `must be ${bound} ${params.limit}, not ${shown(value)}` };
    }
    case "minItems":
      return { message: `must have at least ${params.limit} ${params.limit === 1 ? "item" : "items"}` };
    default:
      return { message: `${shown(value)} does not fit (${error.keyword})` };
  }
}

const kindWords: Readonly<Record<string, string>> = {
  string: "a string",
  array: "a list",
  object: "a mapping",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  null: "empty",
};

type Path = readonly (string | number)[];

function wrongKind(wanted: readonly string[], path: Path, value: unknown): string {
  const kinds = wanted.filter((kind) => kind !== "integer" || !wanted.includes("number"));
  const words = kinds.map((kind) => kindWords[kind] ?? kind);
  const last = words.pop();
  const sentence = `must be ${words.length > 0 ? `${words.join(", ")} or ${last}` : last}, not ${shown(value)}`;
  return `${sentence}${hintForKind(kinds, path, value)}`;
}

function hintForKind(wanted: readonly string[], path: Path, value: unknown): string {
  if (Array.isArray(value)) {
    return wanted.includes("object") ? ": write its keys without dashes" : "";
  }
  if (typeof value === "object" && value !== null) {
    return wanted.includes("array") ? ": begin each item with a dash" : hintForItem(wanted, path, value);
  }
  if (value === null) return ": what belongs to it must be indented below it";
  const isScalar = wanted.includes("string") && !wanted.includes("number");
  return isScalar && typeof value !== "string" ? ": put it in quotes" : "";
}

/** `- A: b` where `- A=b` or `A: b` was meant. */
function hintForItem(wanted: readonly string[], path: Path, value: object): string {
  const isItem = typeof path.at(-1) === "number" && wanted.includes("string");
  if (!isItem || !mappingSchemaAt(path.slice(0, -1))) return "";
  const [entry, ...others] = Object.entries(value);
  const isPair = entry !== undefined && others.length === 0 && ["string", "number"].includes(typeof entry[1]);
  return isPair
    ? `: write ${quoted(`${entry[0]}=${entry[1]}`)}, or leave the dashes away`
    : ": leave the dashes away";
}

function unknownKey(key: string, path: Path, value: unknown): Description {
  const valid = Object.keys(mappingSchemaAt(path)?.properties ?? {});
  const below = (value as Record<string, unknown> | null)?.[key];
  if (valid.length === 0) {
    const rule = 'letters, digits, "_", "-" and "." are allowed';
    return { message: `${quoted(key)} is no valid name: ${rule}`, step: key };
  }
  const message = `unknown key ${quoted(key)}`;
  if (path.length === 0 && looksLikeService(below)) {
    return { message: `${message}: a service belongs below "services:"`, step: key };
  }
  const section = path[0] === "services" && path.length === 2 ? sectionOf(key) : undefined;
  const near = nearestKey(key, valid);
  if (section !== undefined && near === undefined) {
    return { message: `${message}: it belongs below "${section}:"`, step: key };
  }
  if (path.length === 0 && near === undefined && isServiceKey(key)) {
    return {
      message: `${message}: it belongs to a service, below "services:" and the service's name`,
      step: key,
    };
  }
  return { message, nearest: near, step: key };
}

function oneOf(allowed: readonly unknown[], value: unknown): Description {
  const words = allowed.map(String);
  return {
    message: `must be one of ${words.map(quoted).join(", ")}, not ${shown(value)}`,
    nearest: nearest(String(value), words),
  };
}

/** A pattern that is a list of words is told as one. */
function unfit(pattern: string, value: unknown): Description {
  if (/^[\w|]+(?:\([^|]*\)\+)?$/.test(pattern) && pattern.includes("|")) {
    return oneOf(pattern.replace("([0-9]+[wdhms])+", "<duration>").split("|"), value);
  }
  return { message: `${shown(value)} does not fit the pattern ${pattern}` };
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? quoted(value) : String(value);
}

const quoted = (value: unknown) => JSON.stringify(value);
