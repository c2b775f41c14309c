import { invalidArgument } from "../../../errors/engine-error.ts";
import { parseSize } from "../../../lib/parse-size.ts";
import type { Scalar } from "../../model/shapes/shape.ts";
import type { YamlValue } from "../../yaml/yaml-value.ts";
import { parseComposeDuration } from "./duration.ts";
import { goText, goType } from "./go-text.ts";

/** A value of the model; undefined where it is nothing. Throws a sentence about what cannot be one. */
export function decodeScalar(kind: Scalar, value: YamlValue): unknown {
  switch (kind) {
    case "string":
      return text(value) || undefined;
    case "integer":
      return whole(value) || undefined;
    case "optional-integer":
      return whole(value);
    case "float":
    case "cpus":
      return Math.fround(number(value)) || undefined;
    case "boolean":
      return truth(value) || undefined;
    case "optional-boolean":
      return truth(value);
    case "duration":
      return parseComposeDuration(goText(value)) || undefined;
    case "optional-duration":
      return parseComposeDuration(goText(value));
    case "bytes":
      return (typeof value === "string" ? parseSize(value) : whole(value)) || undefined;
    case "device-count":
      return deviceCount(value) || undefined;
    case "optional-file-mode":
      return typeof value === "string" ? octal(value) : whole(value);
    default:
      return kind satisfies never;
  }
}

function text(value: YamlValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return goText(value);
  throw wrongType("string", value);
}

function whole(value: YamlValue): number {
  if (typeof value === "number") return Math.trunc(value);
  if (typeof value === "string" && /^[-+]?\d+$/.test(value)) return Number(value);
  if (typeof value === "bigint") return Number(value);
  throw typeof value === "string" ? wrongNumber("ParseInt", value) : wrongType("int", value);
}

function number(value: YamlValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
    return Number(value);
  throw typeof value === "string" ? wrongNumber("ParseFloat", value) : wrongType("float", value);
}

function truth(value: YamlValue): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") throw wrongType("bool", value);
  if (/^(true|y|yes|on)$/i.test(value)) return true;
  if (/^(false|n|no|off)$/i.test(value)) return false;
  throw invalidArgument(`invalid boolean: ${value}`);
}

function deviceCount(value: YamlValue): number {
  if (typeof value !== "string") return whole(value);
  if (value.toLowerCase() === "all") return -1;
  if (/^[-+]?\d+$/.test(value)) return Number(value);
  throw invalidArgument(
    `invalid value ${JSON.stringify(value)}, the only value allowed is 'all' or a number`,
  );
}

function octal(value: string): number {
  if (/^[0-7]+$/.test(value)) return Number.parseInt(value, 8);
  throw wrongNumber("ParseInt", value);
}

function wrongNumber(parser: string, value: string): Error {
  return invalidArgument(`strconv.${parser}: parsing ${JSON.stringify(value)}: invalid syntax`);
}

function wrongType(wanted: string, value: YamlValue): Error {
  return invalidArgument(`expected type '${wanted}', got unconvertible type '${goType(value)}'`);
}
