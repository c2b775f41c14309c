import { describe, expect, test } from "bun:test";
import { parsePruneFilters } from "./prune-filters.ts";

const nowMs = Date.parse("2026-01-02T00:00:00Z");
const parse = (noun: "container" | "image" | "volume" | "network", filters: Record<string, string[]>) =>
  parsePruneFilters(noun, new Map(Object.entries(filters)), nowMs);
const item = { labels: { a: "1", b: "2" }, created: "2026-01-01T00:00:00Z" };

describe("parsePruneFilters", () => {
  test("nothing asked prunes everything anonymous or dangling", () => {
    expect(parse("volume", {})).toMatchObject({ all: false, danglingOnly: true });
    expect(parse("container", {}).matches(item)).toBe(true);
  });

  test("labels must all be there, label! refuses only what carries all of them", () => {
    expect(parse("volume", { label: ["a=1", "b"] }).matches(item)).toBe(true);
    expect(parse("volume", { label: ["a=2"] }).matches(item)).toBe(false);
    expect(parse("volume", { "label!": ["a=1"] }).matches(item)).toBe(false);
    expect(parse("volume", { "label!": ["a=1", "c"] }).matches(item)).toBe(true);
  });

  test("until counts back from now or names a time", () => {
    expect(parse("container", { until: ["24h"] }).matches(item)).toBe(true);
    expect(parse("container", { until: ["24h1s"] }).matches(item)).toBe(false);
    expect(parse("image", { until: ["2025-12-31T23:59:59Z"] }).matches(item)).toBe(false);
    expect(parse("image", { until: ["1h"] }).matches({ labels: {}, created: "" })).toBe(false);
  });

  test("all and dangling are booleans", () => {
    expect(parse("volume", { all: ["true"] }).all).toBe(true);
    expect(parse("volume", { all: ["F"] }).all).toBe(false);
    expect(parse("image", { dangling: ["false"] }).danglingOnly).toBe(false);
  });

  test.each<["container" | "image" | "volume" | "network", Record<string, string[]>, string]>([
    ["container", { foo: ["x"] }, "invalid filter 'foo'"],
    ["volume", { until: ["1h"] }, "invalid filter 'until'"],
    ["network", { until: ["1h", "2h"] }, "more than one until filter specified"],
    ["container", { until: ["x"] }, 'failed to parse value as time or duration: "x"'],
    ["image", { dangling: ["x"] }, "invalid filter 'dangling=[x]'"],
    ["volume", { all: ["x"] }, "invalid filter 'all': strconv.ParseBool"],
    ["volume", { all: ["1", "0"] }, "invalid filter 'all=[1 0]': only one value is expected"],
  ])("%s %j is refused", (noun, filters, message) => {
    expect(() => parse(noun, filters)).toThrow(message);
  });
});
