import { expect, test } from "bun:test";
import type { BuildCacheRecord } from "./build-cache.ts";
import { openRecords } from "./sqlite-records.ts";

const record = (id: string, key: string): BuildCacheRecord => ({
  id,
  key,
  type: "regular",
  snapshot: `build-${id}`,
  description: "RUN make",
  place: "build 2",
  facts: { command: "make" },
  inputs: [{ role: "parent", digest: "abc", byContent: false }],
  parents: [],
  createdAt: "2026-01-01T00:00:00.000Z",
});

test("a result is found by its key, by its definition and by its place, with the digests that counted", () => {
  const { buildCache } = openRecords(":memory:");
  buildCache.put(record("one", "k1"), { context: [["a.txt", "d1"]] }, "def1");
  expect(buildCache.byKey("k1")).toMatchObject({ id: "one", facts: { command: "make" }, usageCount: 0 });
  expect(buildCache.byDefinition("def1")?.id).toBe("one");
  expect(buildCache.atPlace("build 2").map(({ id }) => id)).toEqual(["one"]);
  expect(buildCache.entries("one")).toEqual({ context: [["a.txt", "d1"]] });
  expect(buildCache.byKey("k2")).toBeUndefined();
});

test("a newer result takes over the key; the older one stays until it is removed", () => {
  const { buildCache } = openRecords(":memory:");
  buildCache.put(record("one", "k1"), {}, "def1");
  buildCache.put(record("two", "k1"), {}, "def1");
  expect(buildCache.byKey("k1")?.id).toBe("two");
  expect(buildCache.byDefinition("def1")?.id).toBe("two");
  expect(buildCache.list().map(({ id }) => id)).toEqual(["one", "two"]);
  buildCache.remove("two");
  expect(buildCache.byKey("k1")).toBeUndefined();
  expect(buildCache.byDefinition("def1")).toBeUndefined();
});

test("uses are counted, and the last used of a place comes first", () => {
  const { buildCache } = openRecords(":memory:");
  buildCache.put(record("one", "k1"), {});
  buildCache.put(record("two", "k2"), {});
  buildCache.used(["one"], "2026-01-02T00:00:00.000Z");
  buildCache.used(["one"], "2026-01-03T00:00:00.000Z");
  buildCache.setSize("one", 42);
  expect(buildCache.atPlace("build 2").map(({ id }) => id)).toEqual(["one", "two"]);
  expect(buildCache.get("one")).toMatchObject({
    usageCount: 2,
    lastUsedAt: "2026-01-03T00:00:00.000Z",
    size: 42,
  });
});
