import { invalidArgument } from "../../errors/engine-error.ts";
import { goQuote } from "../../lib/go-quote.ts";

const digitsOf: readonly (readonly [prefix: RegExp, digits: RegExp])[] = [
  [/^0[xX]/, /^[0-9a-fA-F]+$/],
  [/^0[bB]/, /^[01]+$/],
  [/^0[oO]/, /^[0-7]+$/],
  [/^0(?=[0-7_])/, /^[0-7]+$/],
];

/** Go's ParseInt with base 0: `12`, `-3`, `0x1f`, `0b11`, `017`, `1_000`; the words of its errors. */
export function parseInteger(text: string, bits = 64): number {
  const negative = text.startsWith("-");
  const value = magnitude(text.replace(/^[+-]/, ""), "ParseInt", text);
  const limit = 1n << BigInt(bits - 1);
  if (value > (negative ? limit : limit - 1n)) throw outOfRange("ParseInt", text);
  return Number(negative ? -value : value);
}

/** Go's ParseUint with base 0: no sign. */
export function parseUnsigned(text: string, bits = 64): number {
  const value = magnitude(text, "ParseUint", text);
  if (value >= 1n << BigInt(bits)) throw outOfRange("ParseUint", text);
  return Number(value);
}

function magnitude(text: string, parser: string, whole: string): bigint {
  const wrong = () => invalidArgument(`strconv.${parser}: parsing ${goQuote(whole)}: invalid syntax`);
  const base = digitsOf.find(([prefix]) => prefix.test(text));
  const prefix = base ? (base[0].exec(text)?.[0] ?? "") : "";
  // An underscore stands between two digits, or between prefix and digit.
  const body = text.slice(prefix.length);
  if (/__|_$/.test(body) || (prefix === "" && body.startsWith("_"))) throw wrong();
  const digits = body.replaceAll("_", "");
  if (!(base ? base[1] : /^(0|[1-9]\d*)$/).test(digits)) throw wrong();
  return BigInt((prefix === "0" ? "0o" : prefix.toLowerCase()) + digits);
}

function outOfRange(parser: string, text: string) {
  return invalidArgument(`strconv.${parser}: parsing ${goQuote(text)}: value out of range`);
}

/** Numbers of CPUs (`1.5`, `1/2`, `5e-1`) in billionths; what is finer than that is refused. */
export function parseCpus(text: string): number {
  const digits = text.replace(/(?<=\d)_(?=\d)/g, "");
  const parts = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?(?:\/(\d+))?$/.exec(digits);
  const [, sign = "", whole = "", fraction = "", exponent = "0", divisor] = parts ?? [];
  const isRatio = divisor !== undefined;
  const bad = !parts || whole + fraction === "" || (isRatio && (/[.eE]/.test(text) || Number(divisor) === 0));
  if (bad || Math.abs(Number(exponent)) > 100) {
    throw invalidArgument(`failed to parse ${text} as a rational number`);
  }
  const shift = BigInt(9 + Number(exponent) - fraction.length);
  const scale = 10n ** (shift < 0n ? -shift : shift);
  const top = BigInt(whole + fraction) * (shift < 0n ? 1n : scale);
  const bottom = BigInt(divisor ?? 1) * (shift < 0n ? scale : 1n);
  if (top % bottom !== 0n) throw invalidArgument("value is too precise");
  return Number(top / bottom) * (sign === "-" ? -1 : 1);
}
