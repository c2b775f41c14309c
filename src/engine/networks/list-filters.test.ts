import { expect, test } from "bun:test";
import type { NetworkRecord } from "../../records/network-record.ts";
import { selectNetworks } from "./list-filters.ts";

const network = (name: string, driver: string, labels: Record<string, string> = {}): NetworkRecord => ({
  id: name.repeat(8),
  name,
  created: "2026-01-01T00:00:00Z",
  driver,
  scope: "local",
  internal: false,
  attachable: false,
  enableIpv4: true,
  enableIpv6: false,
  ipam: { driver: "default", options: {}, pools: [] },
  options: {},
  labels,
});

const select = (filters: Record<string, string[]>) =>
  selectNetworks(
    [
      network("bridge", "bridge"),
      network("none", "null"),
      network("back", "bridge", { a: "1" }),
      network("front", "bridge"),
    ],
    new Map(Object.entries(filters)),
    (id) => id.startsWith("front"),
  ).map(({ name }) => name);

test.each<[Record<string, string[]>, string[]]>([
  [{}, ["bridge", "none", "back", "front"]],
  [{ driver: ["null"] }, ["none"]],
  [{ name: ["b"] }, ["bridge", "back"]],
  [{ id: ["^front"] }, ["front"]],
  [{ label: ["a"] }, ["back"]],
  [{ scope: ["swarm"] }, []],
  [{ type: ["builtin"] }, ["bridge", "none"]],
  [{ type: ["custom"] }, ["back", "front"]],
  [{ type: ["custom", "builtin"] }, ["bridge", "none", "back", "front"]],
  [{ dangling: ["true"] }, ["back"]],
  [{ dangling: ["false"] }, ["bridge", "none", "front"]],
])("networks: %j gives %j", (filters, expected) => {
  expect(select(filters)).toEqual(expected);
});

test("networks: unknown filters and values are refused", () => {
  expect(() => select({ foo: ["x"] })).toThrow("invalid filter 'foo'");
  expect(() => select({ type: ["x"] })).toThrow("invalid filter: 'type'='x'");
  expect(() => select({ dangling: ["x"] })).toThrow("invalid value for filter 'dangling', must be");
  expect(() => select({ dangling: ["1", "0"] })).toThrow('got more than one value for filter key "dangling"');
});
