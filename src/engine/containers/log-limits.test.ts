import { expect, test } from "bun:test";
import { logLimits } from "./log-limits.ts";

const limits = (Type: string, Config: Record<string, string>) => logLimits({ Type, Config });

test("logs are rotated unless someone says no", () => {
  expect(limits("json-file", {})).toEqual({ maxBytes: 20_971_520, maxFiles: 5, compress: false });
  expect(limits("local", {})).toEqual({ maxBytes: 20_971_520, maxFiles: 5, compress: true });
  expect(limits("json-file", { "max-size": "-1" }).maxBytes).toBe(0);
});

test("log limits as asked", () => {
  expect(limits("json-file", { "max-size": "10m", "max-file": "3", compress: "true" })).toEqual({
    maxBytes: 10_000_000,
    maxFiles: 3,
    compress: true,
  });
  expect(limits("local", { "max-size": "1m" }).maxBytes).toBe(1_048_576);
  expect(limits("local", { "max-file": "1" })).toMatchObject({ maxFiles: 1, compress: false });
});
