import { invalidArgument } from "../../../errors/engine-error.ts";
import { parseGoDuration } from "../../../protocol/go-duration.ts";
import { type Flag, integerFlag } from "../flag.ts";

interface Extras {
  readonly short?: string;
  readonly hidden?: boolean;
}

const factors: Readonly<Record<string, number>> = {
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/** `512m`, `1.5 GiB`, `100`: bytes, with units of 1024. Words and corners of Docker's. */
export function parseBytes(text: string): number {
  const last = text.search(/[0-9. ][^0-9. ]*$/);
  if (last < 0) throw invalidArgument(`invalid size: '${text}'`);
  const number = text.slice(0, text[last] === " " ? last : last + 1);
  const suffix = text.slice(last + 1).toLowerCase();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(number)) {
    throw invalidArgument(`strconv.ParseFloat: parsing ${JSON.stringify(number)}: invalid syntax`);
  }
  const size = Number(number);
  if (size < 0) throw invalidArgument(`invalid size: '${text}'`);
  if (suffix === "" || suffix === "b") return Math.trunc(size);
  const [, unit = ""] = /^([kmgtp])(?:i?b)?$/.exec(suffix) ?? [];
  const factor = factors[unit];
  if (factor === undefined) throw invalidArgument(`invalid suffix: '${suffix}'`);
  return Math.trunc(size * factor);
}

export function bytesFlag(help: string, extras: Extras = {}): Flag<number> {
  return { placeholder: "bytes", ...extras, help, initial: 0, add: (_, text) => parseBytes(text) };
}

/** The same, where -1 means without limit. */
export function swapFlag(help: string): Flag<number> {
  return {
    placeholder: "bytes",
    help,
    initial: 0,
    add: (_, text) => (text === "-1" ? -1 : parseBytes(text)),
  };
}

/** `1.5`, `1/2`, `1e-3` CPUs as billionths, which must come out even. */
export function parseCpus(text: string): number {
  const fail = () => invalidArgument(`failed to parse ${text} as a rational number`);
  const [, sign = "", top = "", , bottom = "1"] =
    /^([+-]?)([\d._]+(e[+-]?\d+)?)(?:\/(\d+))?$/i.exec(text) ?? [];
  const digits = top.replaceAll("_", "");
  const [, whole = "", fraction = "", power = "0"] = /^(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(digits) ?? [];
  const divisor = BigInt(bottom);
  if (whole + fraction === "" || divisor === 0n || Math.abs(Number(power)) > 100) throw fail();
  // Billionths: nine places more, those behind the point taken away again.
  const places = 9 + Number(power) - fraction.length;
  let value = BigInt(whole + fraction);
  let under = divisor;
  if (places >= 0) value *= 10n ** BigInt(places);
  else under *= 10n ** BigInt(-places);
  if (value % under !== 0n) throw invalidArgument("value is too precise");
  const result = Number(value / under);
  return sign === "-" ? -result : result;
}

export function cpusFlag(help: string): Flag<number> {
  return { placeholder: "decimal", help, initial: 0, add: (_, text) => parseCpus(text) };
}

/** Nanoseconds. */
export function parseDuration(text: string): number {
  const seconds = parseGoDuration(text);
  if (seconds === undefined) {
    const unitless = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text);
    throw invalidArgument(
      `time: ${unitless ? "missing unit in" : "invalid"} duration ${JSON.stringify(text)}`,
    );
  }
  return Math.round(seconds * 1e9);
}

export function durationFlag(help: string): Flag<number> {
  return {
    placeholder: "duration",
    defaultText: "0s",
    help,
    initial: 0,
    add: (_, text) => parseDuration(text),
  };
}

/** Not negative, at most so many bits; the parser's words. */
export function parseUnsigned(text: string, bits = 64): number {
  const fail = (why: string) => invalidArgument(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^(\d+|0[xX][0-9a-fA-F]+)$/.test(text)) throw fail("invalid syntax");
  if (Number(text) >= 2 ** bits) throw fail("value out of range");
  return Number(text);
}

export function unsignedFlag(help: string, placeholder: string, bits: number): Flag<number> {
  return {
    placeholder,
    ...(bits === 16 && { defaultText: "0" }),
    help,
    initial: 0,
    add: (_, text) => parseUnsigned(text, bits),
  };
}

/** For numbers whose default is not zero but "not given". */
export function limitFlag(help: string): Flag<number> {
  return integerFlag(help);
}
