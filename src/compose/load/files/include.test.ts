import { expect, test } from "bun:test";
import { join } from "node:path";
import { composeFiles } from "../../../../tests/setup/compose-files.ts";

test("included files stand on their own directory and their own variables", async () => {
  using files = composeFiles({
    ".env": "W=top\n",
    "compose.yaml": `
include:
  - a/compose.yaml
  - {path: [b/one.yaml, b/two.yaml], project_directory: pd, env_file: b/b.env}
services: {main: {image: "i:\${V:-none}", depends_on: [ia]}}
`,
    "a/.env": "V=of-a\nW=a\n",
    "a/compose.yaml": `
include: [nested/c.yaml]
services: {ia: {image: "i:$V-$W", build: ., volumes: ["./d:/d"]}}
configs: {ca: {file: ./ca.txt}}
`,
    "a/nested/c.yaml": `services: {ic: {image: "i:\${V:-none}", volumes: ["./d:/d"]}}\n`,
    "b/one.yaml": 'services: {ib: {image: "i:$V", volumes: ["./r:/r"]}}\n',
    "b/two.yaml": "services: {ib: {command: c}}\n",
    "b/b.env": "V=of-b\n",
    "pd/here": "",
  });
  const { services, configs } = await files.project();
  const at = (path: string) => join(files.directory, path);
  expect(services.main?.image).toBe("i:none");
  expect(services.ia).toMatchObject({
    image: "i:of-a-top",
    build: { context: at("a") },
    volumes: [{ source: at("a/d") }],
  });
  expect(services.ic).toMatchObject({ image: "i:of-a", volumes: [{ source: at("a/nested/d") }] });
  expect(services.ib).toMatchObject({ image: "i:of-b", command: ["c"], volumes: [{ source: at("pd/r") }] });
  expect(configs.ca).toEqual({ name: "shop_ca", file: at("a/ca.txt") });
});

test("a later file overrides what was included", async () => {
  using files = composeFiles({
    "compose.yaml": "include: [i.yaml]\n",
    "i.yaml": "services: {i: {image: i, command: a}}\n",
    "compose.override.yaml": "services: {i: {command: b}}\n",
  });
  expect((await files.project()).services.i).toMatchObject({ image: "i", command: ["b"] });
});

test("the same twice is no conflict, something else is one", async () => {
  using files = composeFiles({
    "compose.yaml": "include: [i.yaml]\nservices: {i: {image: j}}\nnetworks: {n: {driver: bridge}}\n",
    "i.yaml": "services: {i: {image: i}}\nnetworks: {n: {driver: bridge}}\n",
  });
  expect(await files.mistakes()).toEqual([
    "compose.yaml:2:12: services.i: services.i conflicts with imported resource",
  ]);
});

test("files that include one another", async () => {
  using files = composeFiles({
    "compose.yaml": "include: [b.yaml]\nservices: {a: {image: i}}\n",
    "b.yaml": "include: [compose.yaml]\n",
  });
  expect(await files.mistakes()).toEqual([
    "b.yaml:1:11: include[0]: include cycle detected:",
    "compose.yaml",
    " include b.yaml",
    " include compose.yaml",
  ]);
});

test.each([
  ["include: i.yaml", "compose.yaml:1:10: include: `include` must be a list, got i.yaml"],
  ["include: [none.yaml]", "compose.yaml:1:11: include[0]: open none.yaml: no such file or directory"],
  [
    "include: [{path: i.yaml, env_file: none.env}]",
    "compose.yaml:1:36: include[0].env_file: stat none.env: no such file or directory",
  ],
])("%s", async (text, sentence) => {
  using files = composeFiles({
    "compose.yaml": `${text}\nservices: {a: {image: i}}\n`,
    "i.yaml": "services: {i: {image: i}}\n",
  });
  expect(await files.mistakes()).toEqual([sentence]);
});
