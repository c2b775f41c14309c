import { describe, expect, test } from "bun:test";
import { messageOf } from "../../errors/engine-error.ts";
import { goQuote } from "../../lib/go-quote.ts";
import { parseSize } from "../../lib/parse-size.ts";
import { parseDuration } from "./duration.ts";
import { parseCpus, parseInteger, parseUnsigned } from "./numbers.ts";

/** A value, or the words it is refused with; all of them were asked of the docker program. */
function answer(parse: (text: string) => number, text: string): number | string {
  try {
    return parse(text);
  } catch (error) {
    return messageOf(error);
  }
}

describe("numbers", () => {
  test.each<[string, number | string]>([
    ["0", 0],
    ["-5", -5],
    ["+5", 5],
    ["0x1F", 31],
    ["0b101", 5],
    ["0o17", 15],
    ["017", 15],
    ["1_000", 1000],
    ["09", 'strconv.ParseInt: parsing "09": invalid syntax'],
    ["1__0", 'strconv.ParseInt: parsing "1__0": invalid syntax'],
    ["_1", 'strconv.ParseInt: parsing "_1": invalid syntax'],
    ["1_", 'strconv.ParseInt: parsing "1_": invalid syntax'],
    ["", 'strconv.ParseInt: parsing "": invalid syntax'],
    [" 1", 'strconv.ParseInt: parsing " 1": invalid syntax'],
    ["1.0", 'strconv.ParseInt: parsing "1.0": invalid syntax'],
    ["1e3", 'strconv.ParseInt: parsing "1e3": invalid syntax'],
    ["--1", 'strconv.ParseInt: parsing "--1": invalid syntax'],
    ["9999999999999999999", 'strconv.ParseInt: parsing "9999999999999999999": value out of range'],
  ])("parseInteger(%p) is %p", (text, expected) => {
    expect(answer(parseInteger, text)).toBe(expected);
  });

  test.each<[string, number | string]>([
    ["65535", 65535],
    ["65536", 'strconv.ParseUint: parsing "65536": value out of range'],
    ["-1", 'strconv.ParseUint: parsing "-1": invalid syntax'],
    ["+1", 'strconv.ParseUint: parsing "+1": invalid syntax'],
  ])("parseUnsigned(%p, 16) is %p", (text, expected) => {
    expect(answer((given) => parseUnsigned(given, 16), text)).toBe(expected);
  });

  test.each<[string, number | string]>([
    ["1.5", 1_500_000_000],
    ["1/2", 500_000_000],
    ["1e-3", 1_000_000],
    ["-.5", -500_000_000],
    ["x", "failed to parse x as a rational number"],
    ["", "failed to parse  as a rational number"],
    ["1/0", "failed to parse 1/0 as a rational number"],
    ["0.0000000001", "value is too precise"],
    ["1/3", "value is too precise"],
  ])("parseCpus(%p) is %p", (text, expected) => {
    expect(answer(parseCpus, text)).toBe(expected);
  });
});

test.each<[string, number | string]>([
  ["1024", 1024],
  ["1k", 1024],
  ["1.5KiB", 1536],
  ["64 MB", 64 * 1024 ** 2],
  ["2g", 2 * 1024 ** 3],
  ["5b", 5],
  ["1e3", 1000],
  [".5k", 512],
  ["", "invalid size: ''"],
  ["x", "invalid size: 'x'"],
  ["-5", "invalid size: '-5'"],
  ["5q", "invalid suffix: 'q'"],
  ["5bb", "invalid suffix: 'bb'"],
  ["5kbit", "invalid suffix: 'kbit'"],
  ["1.5.5", 'strconv.ParseFloat: parsing "1.5.5": invalid syntax'],
])("parseSize(%p) is %p", (text, expected) => {
  expect(answer(parseSize, text)).toBe(expected);
});

test.each<[string, number | string]>([
  ["1h30m", 5400e9],
  ["1.5s", 1.5e9],
  ["-10ms", -10e6],
  ["+3us", 3000],
  ["1µs", 1000],
  ["0", 0],
  ["", 'time: invalid duration ""'],
  [".", 'time: invalid duration "."'],
  ["5", 'time: missing unit in duration "5"'],
  ["1h5", 'time: missing unit in duration "1h5"'],
  ["-5x", 'time: unknown unit "x" in duration "-5x"'],
  ["5 s", 'time: unknown unit " s" in duration "5 s"'],
])("parseDuration(%p) is %p", (text, expected) => {
  expect(answer(parseDuration, text)).toBe(expected);
});

test.each([
  ['a"b\\', String.raw`"a\"b\\"`],
  ["\u0001\u0007\n\u007f", String.raw`"\x01\a\n\x7f"`],
  ["é日🚀", '"é日🚀"'],
  ["\u200b\u{e0001}", String.raw`"\u200b\U000e0001"`],
])("goQuote(%p) is %p", (text, expected) => {
  expect(goQuote(text)).toBe(expected);
});
