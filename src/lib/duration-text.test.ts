import { expect, test } from "bun:test";
import { durationText } from "./duration-text.ts";

test.each([
  [0, "0s"],
  [1, "1ns"],
  [1_500, "1.5µs"],
  [300_000_000, "300ms"],
  [1_500_000_000, "1.5s"],
  [90_000_000_000, "1m30s"],
  [3_605_000_000_000, "1h0m5s"],
  [86_400_000_000_000, "24h0m0s"],
  [-2_000_000_000, "-2s"],
])("%d nanoseconds are %s", (nanoseconds, text) => {
  expect(durationText(nanoseconds)).toBe(text);
});
