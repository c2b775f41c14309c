import { expect, test } from "bun:test";
import type { YamlMap } from "../../yaml/yaml-value.ts";
import { mergeTrees } from "./merge.ts";
import { keepUnique } from "./unique.ts";

/** One attribute of a service in two files. */
function merged(base: YamlMap, over: YamlMap): YamlMap {
  const model = mergeTrees({ services: { web: base } }, { over: { services: { web: over } } });
  keepUnique(model);
  return (model.services as { web: YamlMap }).web;
}

test.each<[string, YamlMap, YamlMap, YamlMap]>([
  ["a text is replaced", { image: "a" }, { image: "b" }, { image: "b" }],
  ["null changes nothing", { image: "a" }, { image: null }, { image: "a" }],
  ["a command is replaced", { command: ["a", "b"] }, { command: "c" }, { command: "c" }],
  ["and by nothing, too", { command: ["a", "b"] }, { command: null }, { command: null }],
  [
    "variables by name, whatever they are written as",
    { environment: { A: 1, B: 2 } },
    { environment: ["B=3", "C"] },
    { environment: ["A=1", "B=3", "C"] },
  ],
  [
    "ports that are the same are there once",
    { ports: ["80:80"] },
    { ports: ["80:80", 81] },
    { ports: ["80:80", 81] },
  ],
  [
    "volumes by where they are mounted",
    { volumes: ["one:/x", "two:/y"] },
    { volumes: ["new:/x"] },
    { volumes: ["new:/x", "two:/y"] },
  ],
  ["a text and a list", { dns: "1.1.1.1" }, { dns: ["8.8.8.8"] }, { dns: ["1.1.1.1", "8.8.8.8"] }],
  [
    "dependencies of both kinds",
    { depends_on: ["db"] },
    { depends_on: { db: { condition: "service_healthy" }, cache: { condition: "service_started" } } },
    {
      depends_on: {
        db: { condition: "service_healthy", required: true },
        cache: { condition: "service_started" },
      },
    },
  ],
  [
    "networks of both kinds",
    { networks: ["a"] },
    { networks: { b: { aliases: ["x"] } } },
    { networks: { a: null, b: { aliases: ["x"] } } },
  ],
  [
    "options of the same log driver",
    { logging: { driver: "d", options: { a: "1" } } },
    { logging: { options: { b: "2" } } },
    { logging: { driver: "d", options: { a: "1", b: "2" } } },
  ],
  [
    "not those of another one",
    { logging: { driver: "d", options: { a: "1" } } },
    { logging: { driver: "e" } },
    { logging: { driver: "e" } },
  ],
  [
    "limits are replaced one by one",
    { ulimits: { nofile: { soft: 1, hard: 2 }, nproc: 3 } },
    { ulimits: { nofile: 4 } },
    { ulimits: { nofile: 4, nproc: 3 } },
  ],
  [
    "a build in two forms",
    { build: "." },
    { build: { target: "x" } },
    { build: { context: ".", target: "x" } },
  ],
  [
    "hosts are added once",
    { extra_hosts: ["a=1"] },
    { extra_hosts: { a: "1", b: "2" } },
    { extra_hosts: ["a=1", "b=2"] },
  ],
  [
    "secrets by where they are mounted",
    { secrets: ["a"] },
    { secrets: [{ source: "b", target: "/run/secrets/a" }] },
    { secrets: [{ source: "b", target: "/run/secrets/a" }] },
  ],
])("%s", (_what, base, over, result) => {
  expect(merged(base, over)).toEqual(result);
});

test("what is no map cannot take the place of one", () => {
  expect(() => merged({ deploy: { replicas: 1 } }, { deploy: "x" })).toThrow(
    "cannot override services.web.deploy",
  );
});

test("address pools of one subnet are merged", () => {
  const pools = (config: YamlMap[]): YamlMap => ({ networks: { n: { ipam: { config } } } });
  const base = pools([{ subnet: "10.0.0.0/8" }]);
  const over = pools([{ subnet: "10.0.0.0/8", gateway: "10.0.0.1" }, { subnet: "11.0.0.0/8" }]);
  expect(mergeTrees(base, { over })).toEqual(over);
});
