import { expect, test } from "bun:test";
import { join } from "node:path";
import { composeFiles } from "../../../../tests/setup/compose-files.ts";

test("a service takes over what another one has, through several files, with paths of its own file", async () => {
  using files = composeFiles({
    "compose.yaml": `
services:
  web: {extends: {file: sub/base.yaml, service: app}, environment: {B: "over"}, command: c}
  twin: {extends: web, labels: [l]}
`,
    "sub/base.yaml": `
services:
  app: {extends: {file: ../deep.yaml, service: deep}, build: {context: ./ctx}, environment: [A=1, B=2], env_file: e.env}
`,
    "sub/e.env": "E=5\n",
    "deep.yaml": `
services:
  deep: {image: i, volumes: ["./data:/data"], restart: always}
`,
  });
  const { web, twin } = (await files.project()).services;
  expect(web).toMatchObject({
    image: "i",
    restart: "always",
    command: ["c"],
    build: { context: join(files.directory, "sub/ctx") },
    environment: { A: "1", B: "over", E: "5" },
    volumes: [{ source: join(files.directory, "data"), target: "/data" }],
  });
  expect(twin).toMatchObject({ image: "i", command: ["c"], labels: { l: "" } });
});

test("!reset takes out what was taken over, !override replaces it", async () => {
  using files = composeFiles({
    "compose.yaml": `
services:
  base: {image: i, command: c, ports: ["1:1"], environment: {A: "1"}}
  web: {extends: base, command: !reset null, ports: !override ["2:2"], environment: {A: !reset null, B: "2"}}
`,
  });
  const { web } = (await files.project()).services;
  expect(web?.command).toBeUndefined();
  expect(web?.ports?.map(({ target }) => target)).toEqual([2]);
  expect(web?.environment).toEqual({ B: "2" });
});

test("!reset and !override in a later file", async () => {
  using files = composeFiles({
    "compose.yaml":
      'services: {web: {image: i, build: ., ports: ["1:1"], labels: {a: "1"}}, old: {image: i}}\n',
    "compose.override.yaml":
      'services: {web: {image: !reset null, ports: !override ["2:2"], labels: !reset {}}, old: !reset null}\n',
  });
  const { services } = await files.project();
  expect(Object.keys(services)).toEqual(["web"]);
  expect(services.web).toEqual({
    name: "web",
    build: { context: files.directory, dockerfile: "Dockerfile" },
    ports: [{ mode: "ingress", target: 2, published: "2", protocol: "tcp" }],
    networks: { default: null },
  });
});

test.each([
  ["extends: {service: a}", ["Circular reference:", "  a in compose.yaml", "  extends a in compose.yaml"]],
  ["extends: nope", ['cannot extend service "a" in compose.yaml: service "nope" not found']],
  ["extends: {file: none.yaml, service: b}", ["open none.yaml: no such file or directory"]],
  [
    "extends: {file: other.yaml, service: boot}",
    [
      'cannot extend service "a" in compose.yaml: service "boot" not found in other.yaml (did you mean "boat"?)',
    ],
  ],
  [
    "extends: {file: empty.yaml, service: b}",
    ['cannot extend service "a" in empty.yaml: no services section'],
  ],
])("what cannot be extended: %s", async (text, sentences) => {
  using files = composeFiles({
    "compose.yaml": `services: {a: {image: i, ${text}}}\n`,
    "other.yaml": "services: {boat: {image: i}}\n",
    "empty.yaml": "volumes: {v: {}}\n",
  });
  const [first, ...rest] = await files.mistakes();
  expect(first).toMatch(/^compose\.yaml:1:\d+: services\.a\.extends(\.file)?: /);
  expect([first?.replace(/^.*?: services\.a\.extends(\.file)?: /, ""), ...rest]).toEqual(sentences);
});

test("names that objects have of themselves are names like others", async () => {
  using files = composeFiles({
    "compose.yaml": `
services:
  constructor: {image: i, environment: {toString: "1", __proto__: "2"}, labels: [valueOf=x, constructor], depends_on: [toString]}
  toString: {extends: constructor, depends_on: !reset [], environment: [hasOwnProperty, __proto__=3]}
`,
  });
  const project = await files.project();
  const byName = new Map(Object.entries(project.services));
  expect([...byName.keys()]).toEqual(["constructor", "toString"]);
  expect(Object.entries(byName.get("constructor")?.environment ?? {})).toEqual([
    ["toString", "1"],
    ["__proto__", "2"],
  ]);
  expect(Object.entries(byName.get("toString")?.environment ?? {})).toEqual([
    ["__proto__", "3"],
    ["toString", "1"],
    ["hasOwnProperty", null],
  ]);
  expect(Object.hasOwn(Object.prototype, "image")).toBe(false);
});
