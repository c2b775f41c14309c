import { expect, test } from "bun:test";
import { parseSize } from "../../../lib/parse-size.ts";
import { parseComposeDuration } from "./duration.ts";
import { goText } from "./go-text.ts";

test.each([
  ["0", 0],
  ["1m30s", 90e9],
  ["1.5h", 5400e9],
  ["2d", 172_800e9],
  ["1w", 604_800e9],
  ["-1s", -1e9],
  ["100us", 100_000],
  [".5s", 5e8],
])("%s lasts %d nanoseconds", (text, nanos) => {
  expect(parseComposeDuration(text)).toBe(nanos);
});

test.each([
  ["5", 'time: missing unit in duration "5"'],
  ["5y", 'time: unknown unit "y" in duration "5y"'],
  ["", 'time: invalid duration ""'],
  ["s", 'time: invalid duration "s"'],
])("%p is no duration", (text, sentence) => {
  expect(() => parseComposeDuration(text)).toThrow(sentence);
});

test.each([
  ["300", 300],
  ["64m", 64 * 1024 ** 2],
  ["1.5 GiB", 1.5 * 1024 ** 3],
  ["2Kb", 2048],
  ["7b", 7],
])("%s are %d bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each([
  ["m", "invalid size: 'm'"],
  ["5x", "invalid suffix: 'x'"],
  ["5mbit", "invalid suffix: 'mbit'"],
  ["-5m", "invalid size: '-5m'"],
])("%p is no size", (text, sentence) => {
  expect(() => parseSize(text)).toThrow(sentence);
});

test.each([
  [1_000_000, "1000000"],
  [1.5, "1.5"],
  [1_234_567.5, "1.2345675e+06"],
  [0.00001, "1e-05"],
  [true, "true"],
  [null, "<nil>"],
  [["a", 1], "[a 1]"],
  [{ b: 1, a: 2 }, "map[a:2 b:1]"],
  [9_007_199_254_740_993n, "9007199254740993"],
])("%p as Go writes it", (value, text) => {
  expect(goText(value)).toBe(text);
});
