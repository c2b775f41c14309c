import type { ScalarNode } from "./node.ts";
import { YamlFault } from "./yaml-fault.ts";

export type Scalar = null | boolean | number | bigint | string;

const words = new Map<string, Scalar>([
  ["", null],
  ["~", null],
  ["null", null],
  ["Null", null],
  ["NULL", null],
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["False", false],
  ["FALSE", false],
  [".nan", Number.NaN],
  [".NaN", Number.NaN],
  [".NAN", Number.NaN],
  [".inf", Number.POSITIVE_INFINITY],
  [".Inf", Number.POSITIVE_INFINITY],
  [".INF", Number.POSITIVE_INFINITY],
  ["+.inf", Number.POSITIVE_INFINITY],
  ["+.Inf", Number.POSITIVE_INFINITY],
  ["+.INF", Number.POSITIVE_INFINITY],
  ["-.inf", Number.NEGATIVE_INFINITY],
  ["-.Inf", Number.NEGATIVE_INFINITY],
  ["-.INF", Number.NEGATIVE_INFINITY],
]);

const prefix = "tag:yaml.org,2002:";

/** The value of a scalar, by its tag, its quotes, or its looks. */
export function resolveScalar(node: ScalarNode): Scalar {
  const { tag, text } = node;
  if (tag === "" || tag === "!") return node.isPlain || tag === "!" ? resolvePlain(text) : text;
  switch (tag) {
    case `${prefix}null`:
    case `${prefix}bool`:
    case `${prefix}int`:
    case `${prefix}float`:
      return typed(node, tag.slice(prefix.length));
    case `${prefix}binary`:
      return binary(node);
    default:
      return text;
  }
}

function typed(node: ScalarNode, kind: string): Scalar {
  const value = resolvePlain(node.text);
  const isFloat = typeof value === "number" && !isWhole(node.text);
  const isInt = typeof value === "bigint" || (typeof value === "number" && !isFloat);
  const fits =
    (kind === "null" && value === null) ||
    (kind === "bool" && typeof value === "boolean") ||
    (kind === "int" && isInt) ||
    (kind === "float" && (isFloat || isInt));
  if (!fits)
    throw new YamlFault(`${JSON.stringify(node.text)} is not what the tag "!!${kind}" says`, node.start);
  return kind === "float" && typeof value === "bigint" ? Number(value) : value;
}

function binary(node: ScalarNode): string {
  const packed = node.text.replace(/[\r\n]/g, "");
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(packed);
  if (!isBase64) throw new YamlFault('the value behind "!!binary" is not base64', node.start);
  return Buffer.from(packed, "base64").toString("utf8");
}

/**
 * As go-yaml v3 sees a text without quotes: the words of YAML 1.2, numbers of both versions (0755 and
 * 0o755, 1_000), but `yes` and `on` are texts. Dates are texts too: Docker Compose makes times of them
 * and then refuses them.
 */
function resolvePlain(text: string): Scalar {
  const code = text.charCodeAt(0);
  const isNumeric = (code >= 48 && code <= 57) || code === 43 || code === 45;
  if (!isNumeric && !(code === 46 || code === 126 || text === "" || "nNtTfF".includes(text.charAt(0)))) {
    return text;
  }
  const word = words.get(text);
  if (word !== undefined) return word;
  if (code === 46) return /^\.\d+(?:[eE][-+]?\d+)?$/.test(text) ? finite(text) : text;
  return isNumeric ? number(text) : text;
}

function isWhole(text: string): boolean {
  return wholeNumber(text.replaceAll("_", "")) !== undefined;
}

function number(text: string): Scalar {
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const whole = wholeNumber(plain);
  if (whole !== undefined) return whole;
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain) ? finite(plain, text) : text;
}

function finite(digits: string, text = digits): number | string {
  const value = Number(digits);
  return Number.isFinite(value) ? value : text;
}

const wholePattern = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;

function wholeNumber(plain: string): number | bigint | undefined {
  const [, sign, hex, bits, octal, decimal] = wholePattern.exec(plain) ?? [];
  if (sign === undefined) return undefined;
  if (decimal !== undefined && decimal.length < 16)
    return sign === "-" && decimal !== "0" ? -decimal : +decimal;
  const digits = hex ? `0x${hex}` : bits ? `0b${bits}` : octal ? `0o${octal}` : (decimal ?? "0");
  const size = BigInt(digits);
  const value = sign === "-" ? -size : size;
  // A sign goes with 64 bits that have one.
  const most = sign === "" ? 2n ** 64n - 1n : 2n ** 63n - 1n;
  if (value > most || value < -(2n ** 63n)) return undefined;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
