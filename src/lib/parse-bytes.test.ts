import { expect, test } from "bun:test";
import { parseBytes } from "./parse-bytes.ts";

test.each([
  ["300", 300],
  ["1k", 1000],
  ["1.5MB", 1_500_000],
  ["2 GiB", 2_000_000_000],
  ["7b", 7],
  ["x", undefined],
  ["", undefined],
  ["-5", undefined],
  ["1kk", undefined],
])("bytes %j is %p", (text, bytes) => {
  expect(parseBytes(text, 1000)).toBe(bytes);
});
