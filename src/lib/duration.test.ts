import { expect, test } from "bun:test";
import { parseDuration } from "./duration.ts";

test("parseDuration reads Go durations only", () => {
  expect(parseDuration("1h30m")).toBe(5_400e9);
  expect(parseDuration("1.5s")).toBe(1.5e9);
  expect(parseDuration("-2ms")).toBe(-2e6);
  expect(parseDuration("3µs4ns")).toBe(3004);
  for (const text of ["", "h", "1", "1d", "1h ", "1.2.3s"]) expect(parseDuration(text)).toBeUndefined();
});
