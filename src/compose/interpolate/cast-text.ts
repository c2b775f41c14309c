import type { CastKind } from "./casts.ts";

/** Why a text could not become what the model wants. */
export class CastFailure extends Error {}

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/** Makes a number or boolean of a text. Throws CastFailure with a sentence. */
export function castText(
  text: string,
  kind: CastKind,
  warn: (sentence: string) => void,
): number | bigint | boolean {
  switch (kind) {
    case "integer":
      return integerOf(text);
    case "float":
      return floatOf(text);
    case "boolean":
      return booleanOf(text, warn);
    default:
      return kind satisfies never;
  }
}

function integerOf(text: string): number | bigint {
  if (!/^[+-]?[0-9]+$/.test(text)) throw new CastFailure(`must be a whole number, not ${quoted(text)}`);
  const value = BigInt(text.replace(/^\+/, ""));
  if (value < least || value > most) throw new CastFailure(`${quoted(text)} is too large a number`);
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function floatOf(text: string): number {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special) {
    if (special[2]?.toLowerCase() === "nan") return Number.NaN;
    return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const value = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(text)
    ? Number(text)
    : Number.NaN;
  if (!Number.isFinite(value)) throw new CastFailure(`must be a number, not ${quoted(text)}`);
  return value;
}

function booleanOf(text: string, warn: (sentence: string) => void): boolean {
  switch (text.toLowerCase()) {
    case "true":
      return true;
    case "false":
      return false;
    case "y":
    case "yes":
    case "on":
      warn(`${quoted(text)} for boolean is not supported by YAML 1.2, please use \`true\``);
      return true;
    case "n":
    case "no":
    case "off":
      warn(`${quoted(text)} for boolean is not supported by YAML 1.2, please use \`false\``);
      return false;
    default:
      throw new CastFailure(`must be true or false, not ${quoted(text)}`);
  }
}

const quoted = (text: string) => JSON.stringify(text);
