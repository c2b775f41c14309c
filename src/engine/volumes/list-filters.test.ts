import { expect, test } from "bun:test";
import type { VolumeRecord } from "../../records/volume-record.ts";
import { selectVolumes } from "./list-filters.ts";

const volume = (name: string, labels: Record<string, string> = {}): VolumeRecord => ({
  name,
  driver: "local",
  created: "2026-01-01T00:00:00Z",
  labels,
  options: {},
  anonymous: false,
});

const select = (filters: Record<string, string[]>) =>
  selectVolumes(
    [volume("data"), volume("database", { a: "1" }), volume("logs")],
    new Map(Object.entries(filters)),
    (name) => name === "data",
  ).map(({ name }) => name);

test.each<[Record<string, string[]>, string[]]>([
  [{}, ["data", "database", "logs"]],
  [{ name: ["data"] }, ["data", "database"]],
  [{ name: ["^data$"] }, ["data"]],
  [{ label: ["a=1"] }, ["database"]],
  [{ driver: ["local"] }, ["data", "database", "logs"]],
  [{ driver: ["nfs"] }, []],
  [{ dangling: ["true"] }, ["database", "logs"]],
  [{ dangling: ["0"] }, ["data"]],
])("volumes: %j gives %j", (filters, expected) => {
  expect(select(filters)).toEqual(expected);
});

test("volumes: unknown filters and values are refused", () => {
  expect(() => select({ until: ["1h"] })).toThrow("invalid filter 'until'");
  expect(() => select({ dangling: ["x"] })).toThrow("invalid filter 'dangling=[x]'");
});
