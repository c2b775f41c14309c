import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { composeFiles } from "../../../../tests/setup/compose-files.ts";
import { normalizeProjectName } from "./project-name.ts";

const one = 'services: {web: {image: "i:$TAG"}}\n';
const image = ({ services }: { services: Readonly<Record<string, { image?: string }>> }) =>
  services.web?.image;

test("the usual file is found upwards, with what overrides it", async () => {
  using files = composeFiles({
    "docker-compose.yml": "services: {web: {image: other}}\n",
    "compose.yml": "services: {web: {image: i}}\n",
    "compose.override.yaml": "services: {web: {command: c}}\n",
  });
  const deep = join(files.directory, "a/b");
  mkdirSync(deep, { recursive: true });
  const project = await files.project({ workingDirectory: deep });
  expect(project.name).toBe("shop");
  expect(project.workingDir).toBe(files.directory);
  expect(project.composeFiles).toEqual(
    ["compose.yml", "compose.override.yaml"].map((name) => join(files.directory, name)),
  );
  expect(project.services.web).toMatchObject({ image: "i", command: ["c"] });
  expect(files.warnings[0]).toContain("Found multiple config files");
});

test("no file at all is said so", async () => {
  using files = composeFiles({});
  // Whatever lies above the temporary directory is not this test's.
  expect(await files.mistakes({ files: ["compose.yaml"] })).toEqual([
    "open compose.yaml: no such file or directory",
  ]);
});

test("standard input is a file among others", async () => {
  using files = composeFiles({ "b.yaml": "services: {web: {command: c}}\n" });
  const readStdin = () => Promise.resolve("services: {web: {image: i}}\n");
  const project = await files.project({ files: ["-", "b.yaml"], readStdin });
  expect(project.composeFiles[0]).toBe("-");
  expect(project.services.web).toMatchObject({ image: "i", command: ["c"] });
});

test("COMPOSE_FILE names files, and `.env` may say it", async () => {
  using files = composeFiles({
    ".env": "COMPOSE_FILE=x/one.yaml,x/two.yaml\nCOMPOSE_PATH_SEPARATOR=,\nTAG=outer\n",
    "x/one.yaml": one,
    "x/two.yaml": "services: {web: {command: c}}\n",
    "x/.env": "TAG=inner\n",
  });
  const project = await files.project();
  expect(project.workingDir).toBe(join(files.directory, "x"));
  expect(project.services.web).toMatchObject({ image: "i:outer", command: ["c"] });
});

test("the shell goes before files of variables, later files before earlier ones", async () => {
  using files = composeFiles({
    "compose.yaml": one,
    ".env": "TAG=env\n",
    "a.env": "TAG=a\n",
    "b.env": "TAG=b\n",
  });
  expect(image(await files.project())).toBe("i:env");
  expect(image(await files.project({ env: { TAG: "shell" } }))).toBe("i:shell");
  const envFiles = ["a.env", "b.env"];
  const named = await files.project({ envFiles });
  expect(image(named)).toBe("i:b");
  expect(named.envFiles).toEqual(envFiles.map((name) => join(files.directory, name)));
  expect(image(await files.project({ env: { COMPOSE_ENV_FILES: "a.env" } }))).toBe("i:a");
  expect(image(await files.project({ env: { COMPOSE_DISABLE_ENV_FILE: "1" } }))).toBe("i:");
  expect(await files.mistakes({ envFiles: ["none.env"] })).toEqual(["couldn't find env file: none.env"]);
});

test("a project's name: given, by variable, in the file, of the directory", async () => {
  using files = composeFiles({
    "compose.yaml": "name: written-$N\nservices: {web: {image: i}}\n",
    "plain.yaml": 'services: {web: {image: "$COMPOSE_PROJECT_NAME"}}\n',
  });
  const nameOf = async (options: Parameters<typeof files.project>[0]) => (await files.project(options)).name;
  const env = { COMPOSE_PROJECT_NAME: "of-variable", N: "x" };
  expect(await nameOf({ env, projectName: "given" })).toBe("given");
  expect(await nameOf({ env })).toBe("of-variable");
  expect(await nameOf({ env: { N: "1" } })).toBe("written-1");
  expect(await nameOf({ files: ["plain.yaml"] })).toBe("shop");
  expect(image(await files.project({ files: ["plain.yaml"] }))).toBe("shop");
  expect(await files.mistakes({ projectName: "Bad Name" })).toEqual([
    'invalid project name "Bad Name": must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number',
  ]);
});

test.each([
  ["My App.v2", "myappv2"],
  ["__x-Y_", "x-y_"],
  ["äö", ""],
])("a directory %p is a project %p", (directory, name) => {
  expect(normalizeProjectName(directory)).toBe(name);
});

test("profiles choose services, `*` all of them", async () => {
  using files = composeFiles({
    "compose.yaml":
      "services: {a: {image: i}, b: {image: i, profiles: [dev]}, c: {image: i, profiles: [test, ci]}}\n",
  });
  const names = async (profiles: string[], env = {}) =>
    Object.keys((await files.project({ profiles, env })).services);
  expect(await names([])).toEqual(["a"]);
  expect(await names(["dev"])).toEqual(["a", "b"]);
  expect(await names([], { COMPOSE_PROFILES: "ci, dev" })).toEqual(["a", "b", "c"]);
  expect(await names(["dev"], { COMPOSE_PROFILES: "ci" })).toEqual(["a", "b"]);
  expect(await names(["*"])).toEqual(["a", "b", "c"]);
  expect(Object.keys((await files.project()).disabledServices)).toEqual(["b", "c"]);
});

test("a remote file is refused", async () => {
  using files = composeFiles({});
  const [mistake] = await files.mistakes({ files: ["oci://example.com/app"] });
  expect(mistake).toContain("fetch remote Compose files first");
});

test("a model that is not expanded takes no values from the environment either", async () => {
  using files = composeFiles({
    "compose.yaml": 'services: {web: {image: "i:$TAG", environment: [TAG]}}\n',
  });
  const env = { TAG: "1" };
  const { web } = (await files.project({ env }, { interpolate: false, resolveEnvironment: false })).services;
  expect(web).toMatchObject({ image: "i:$TAG", environment: { TAG: null } });
});
