import { describe, expect, test } from "bun:test";
import { readYaml } from "../yaml/read-yaml.ts";
import type { YamlMap } from "../yaml/yaml-value.ts";
import { checkSchema } from "./check-schema.ts";

function problems(text: string): string[] {
  try {
    checkSchema(readYaml("c.yaml", text)[0]?.value as YamlMap);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
}

const web = (...lines: string[]) => ["services:", "  web:", ...lines.map((line) => `    ${line}`)].join("\n");

describe("each mistake is one sentence with its place", () => {
  const cases: readonly [string, string][] = [
    [web("port: ['80:80']"), 'c.yaml:3:5: services.web: unknown key "port" (did you mean "ports"?)'],
    [
      web("enviroment: []"),
      'c.yaml:3:5: services.web: unknown key "enviroment" (did you mean "environment"?)',
    ],
    [web("env: []"), 'c.yaml:3:5: services.web: unknown key "env" (did you mean "environment"?)'],
    [web("dependsOn: []"), 'c.yaml:3:5: services.web: unknown key "dependsOn" (did you mean "depends_on"?)'],
    [web("dockerfile: x"), 'c.yaml:3:5: services.web: unknown key "dockerfile": it belongs below "build:"'],
    [web("zzz: x"), 'c.yaml:3:5: services.web: unknown key "zzz"'],
    [web("image: [a]"), "c.yaml:3:12: services.web.image: must be a string, not a list"],
    [web("image: 1"), "c.yaml:3:12: services.web.image: must be a string, not 1: put it in quotes"],
    [
      web("ports:", "  target: 80"),
      "c.yaml:4:7: services.web.ports: must be a list, not a mapping: begin each item with a dash",
    ],
    [
      web("environment:", "  - A: b"),
      'c.yaml:4:9: services.web.environment[0]: must be a string, not a mapping: write "A=b", or leave the dashes away',
    ],
    [
      web("environment:", "  A: [b]"),
      "c.yaml:4:10: services.web.environment.A: must be a string, a number, true or false or empty, not a list",
    ],
    [
      web("logging:", "  - driver: x"),
      "c.yaml:4:7: services.web.logging: must be a mapping, not a list: write its keys without dashes",
    ],
    [
      web("build: 3"),
      "c.yaml:3:12: services.web.build: must be a string or a mapping, not 3: put it in quotes",
    ],
    [
      web("volumes:", "  - type: bnd", "    target: /x"),
      'c.yaml:4:15: services.web.volumes[0].type: must be one of "bind", "volume", "tmpfs", "cluster", "npipe", "image", not "bnd" (did you mean "bind"?)',
    ],
    [web("volumes:", "  - target: /x"), 'c.yaml:4:9: services.web.volumes[0]: the key "type" is missing'],
    [web("networks: [a, b, a]"), 'c.yaml:3:22: services.web.networks: "a" is there twice'],
    [
      web("pull_policy: allways"),
      'c.yaml:3:18: services.web.pull_policy: must be one of "always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly", "every_<duration>", not "allways" (did you mean "always"?)',
    ],
    [
      web("").trimEnd(),
      "c.yaml:2:3: services.web: must be a mapping, not empty: what belongs to it must be indented below it",
    ],
    [
      'services:\n  "my svc": {image: x}',
      'c.yaml:2:3: services: "my svc" is no valid name: letters, digits, "_", "-" and "." are allowed',
    ],
    ["services: {}\ndb:\n  image: x", 'c.yaml:2:1: unknown key "db": a service belongs below "services:"'],
    ["constructor: 1", 'c.yaml:1:1: unknown key "constructor"'],
    ["volume: {}", 'c.yaml:1:1: unknown key "volume" (did you mean "volumes"?)'],
  ];
  for (const [text, expected] of cases) {
    test(expected.slice(expected.indexOf(" ") + 1, 110), () => expect(problems(text)).toEqual([expected]));
  }
});

test("all mistakes of a file are told, from top to bottom", () => {
  const text = `${web("port: x", "image: [a]")}\nvolume: {}\n`;
  const places = problems(text).map((line) => line.split(": ", 1)[0]);
  expect(places).toEqual(["c.yaml:3:5", "c.yaml:4:12", "c.yaml:5:1"]);
});

test("extensions are free, and so are large numbers where numbers are", () => {
  const text = `${web("image: x", "x-own: [1]", "mem_limit: 12345678901234567890", "models: { llm: }")}\nx-more: {a: b}\n`;
  expect(problems(text)).toEqual([]);
});
