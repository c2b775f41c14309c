import { describe, expect, test } from "bun:test";
import {
  booleanFilter,
  lacksLabels,
  matchesExactly,
  matchesLabels,
  matchesPattern,
  matchesPrefix,
  refuseUnknownFilters,
} from "./filters.ts";

const filters = (values: Record<string, string[]>) => new Map(Object.entries(values));

test("refuseUnknownFilters names the stranger", () => {
  expect(() => refuseUnknownFilters(filters({ foo: ["x"] }), ["name"])).toThrow("invalid filter 'foo'");
  refuseUnknownFilters(filters({ name: ["x"] }), ["name"]);
});

test("booleanFilter knows both spellings and refuses others and contradictions", () => {
  expect(booleanFilter(filters({}), "d")).toBeUndefined();
  expect(booleanFilter(filters({ d: ["1"] }), "d")).toBe(true);
  expect(booleanFilter(filters({ d: ["false"] }), "d")).toBe(false);
  expect(() => booleanFilter(filters({ d: ["x"] }), "d")).toThrow("invalid filter 'd=[x]'");
  expect(() => booleanFilter(filters({ d: ["true", "0"] }), "d")).toThrow("invalid filter 'd=[true 0]'");
});

describe("matching", () => {
  test("nothing asked matches everything", () => {
    for (const matches of [matchesExactly, matchesPrefix, matchesPattern]) {
      expect(matches(filters({}), "f", "x")).toBe(true);
      expect(matches(filters({ f: [] }), "f", "x")).toBe(true);
    }
  });

  test("exact, prefix, pattern", () => {
    expect(matchesExactly(filters({ f: ["ab", "c"] }), "f", "c")).toBe(true);
    expect(matchesExactly(filters({ f: ["ab"] }), "f", "abc")).toBe(false);
    expect(matchesPrefix(filters({ f: ["ab"] }), "f", "abc")).toBe(true);
    expect(matchesPrefix(filters({ f: ["bc"] }), "f", "abc")).toBe(false);
    expect(matchesPattern(filters({ f: ["bc"] }), "f", "abc")).toBe(true);
    expect(matchesPattern(filters({ f: ["^bc"] }), "f", "abc")).toBe(false);
    expect(matchesPattern(filters({ f: ["(?i)^AB"] }), "f", "abc")).toBe(true);
    expect(matchesPattern(filters({ f: ["a(b"] }), "f", "xa(b")).toBe(false);
    expect(matchesPattern(filters({ f: ["a(b"] }), "f", "a(b")).toBe(true);
  });

  test("labels add up, values may contain equals signs, inherited keys are no labels", () => {
    const labels = { a: "1", b: "x=y" };
    expect(matchesLabels(filters({ l: ["a", "b=x=y"] }), "l", labels)).toBe(true);
    expect(matchesLabels(filters({ l: ["a", "c"] }), "l", labels)).toBe(false);
    expect(matchesLabels(filters({ l: ["a=2"] }), "l", labels)).toBe(false);
    expect(matchesLabels(filters({ l: ["toString"] }), "l", labels)).toBe(false);
    expect(lacksLabels(filters({}), "l", labels)).toBe(true);
    expect(lacksLabels(filters({ l: ["a"] }), "l", labels)).toBe(false);
    expect(lacksLabels(filters({ l: ["a=2"] }), "l", labels)).toBe(true);
  });
});
