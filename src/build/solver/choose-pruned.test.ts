import { expect, test } from "bun:test";
import type { CachePolicy, CacheUsage } from "./build-cache.ts";
import { cacheFilter } from "./cache-filters.ts";
import { choosePruned } from "./choose-pruned.ts";

const hour = 3_600_000;
const now = Date.UTC(2026, 0, 10);

function entry(id: string, hoursAgo: number, more: Partial<CacheUsage> = {}): CacheUsage {
  return {
    id,
    parents: [],
    type: "regular",
    description: `RUN ${id}`,
    inUse: false,
    shared: false,
    size: 100,
    createdAt: new Date(now - 100 * hour).toISOString(),
    lastUsedAt: new Date(now - hoursAgo * hour).toISOString(),
    usageCount: 1,
    ...more,
  };
}

function pruned(
  entries: readonly CacheUsage[],
  {
    filters = {},
    free = 0,
    ...policy
  }: Partial<Omit<CachePolicy, "filters">> & {
    filters?: Record<string, string[]>;
    free?: number;
  } = {},
): string[] {
  const map = new Map(Object.entries(filters));
  const whole = { all: false, reservedSpace: 0, maxUsedSpace: 0, minFreeSpace: 0, ...policy, filters: map };
  return choosePruned(entries, whole, cacheFilter(map, now), free).map(({ id }) => id);
}

const three = [entry("a", 30), entry("b", 10), entry("c", 20)];

test("without sizes all go, longest unused first", () => {
  expect(pruned(three)).toEqual(["a", "c", "b"]);
});

test("what is in use stays, and what it stands on", () => {
  const chain = [entry("base", 50), entry("top", 1, { parents: ["base"], inUse: true })];
  expect(pruned(chain)).toEqual([]);
});

test("children go before what they stand on", () => {
  const chain = [entry("base", 50), entry("top", 1, { parents: ["base"] }), entry("other", 60)];
  expect(pruned(chain)).toEqual(["other", "top", "base"]);
});

test("without --all what images share and what the builder keeps for itself stays", () => {
  const kinds = [
    entry("shared", 1, { shared: true }),
    entry("own", 1, { type: "internal" }),
    entry("plain", 1),
  ];
  expect(pruned(kinds)).toEqual(["plain"]);
  expect(pruned(kinds, { all: true }).sort()).toEqual(["own", "plain", "shared"]);
});

test.each<[string, Parameters<typeof pruned>[1], string[]]>([
  ["a reserve", { reservedSpace: 150 }, ["a", "c"]],
  ["a maximum", { maxUsedSpace: 200 }, ["a"]],
  ["a maximum below the reserve", { maxUsedSpace: 50, reservedSpace: 250 }, ["a"]],
  ["too little room on the disk", { minFreeSpace: 1000, free: 850 }, ["a", "c"]],
  ["room enough on the disk", { minFreeSpace: 1000, free: 1000 }, []],
  ["nothing to give back below the reserve", { minFreeSpace: 1000, reservedSpace: 300 }, []],
])("%s", (_, policy, expected) => {
  expect(pruned(three, policy)).toEqual(expected);
});

test("what an image shares does not count: removing it frees nothing", () => {
  const entries = [entry("shared", 90, { shared: true }), entry("own", 10)];
  expect(pruned(entries, { all: true, maxUsedSpace: 100 })).toEqual([]);
});

test.each<[Record<string, string[]>, string[]]>([
  [{ until: ["15h"] }, ["a", "c"]],
  [{ "unused-for": ["25h"] }, ["a"]],
  [{ id: ["b", "c"] }, ["c", "b"]],
  [{ id: ["~[ab]"] }, ["a", "b"]],
  [{ description: ["RUN b"] }, ["b"]],
  [{ "description!": ["RUN b"] }, ["a", "c"]],
  [{ type: ["exec.cachemount"] }, []],
  [{ type: ["regular"], until: ["25h"] }, ["a"]],
  [{ inuse: ["true"] }, []],
  [{ private: ["true"] }, ["a", "c", "b"]],
  [{ shared: ["true"] }, []],
])("filters %j", (filters, expected) => {
  expect(pruned(three, { filters })).toEqual(expected);
});

test("a filter nobody knows and a duration that is none are refused", () => {
  expect(() => cacheFilter(new Map([["colour", ["red"]]]), now)).toThrow("Invalid filter 'colour'");
  expect(() => cacheFilter(new Map([["until", ["soon"]]]), now)).toThrow('invalid duration "soon"');
});
