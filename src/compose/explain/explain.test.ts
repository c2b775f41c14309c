// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadProject } from "../load/load-project.ts";
import { explain } from "./explain.ts";

const directory = realpathSync(mkdtempSync(join(tmpdir(), "hull-explain-")));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

writeFileSync(
  join(directory, "compose.yaml"),
  `name: shop
services:
  web:
    image: nginx:\${TAG:-latest}
    environment:
      - LEVEL=\${LEVEL-info}
      - FROM_SHELL
    env_file: web.env
  api:
    extends: web
    command: run $TAG $NOPE
    environment: { LEVEL: debug }
`,
);
writeFileSync(
  join(directory, "compose.override.yaml"),
  "services:\n  web:\n    image: nginx:${TAG:-edge}-alpine\n    environment:\n      LEVEL: warn\n",
);
writeFileSync(join(directory, ".env"), "# ours\nTAG=1.2\nUNUSED=1\n");
writeFileSync(join(directory, "web.env"), "LEVEL=trace\nONLY_FILE=$TAG\n");

async function explained(subject: string, env: Record<string, string> = {}): Promise<string> {
  const loaded = await loadProject(
    {
      files: [],
      projectDirectory: "",
      projectName: "",
      envFiles: [],
      profiles: [],
      env,
      workingDirectory: directory,
      readStdin: async () => "",
      warn: () => {},
    },
    { resolveEnvironment: false },
  );
  return explain(loaded, subject, {
    strong: (text) => text,
    faint: (text) => text,
    workingDirectory: directory,
  });
}

test("a variable: where it is from, what it keeps from being taken, and what it becomes where it is used", async () => {
  expect(await explained("TAG", { TAG: "2.0" })).toBe(`TAG = "2.0"
  from        the shell
  instead of  .env:2:1                                   "1.2"
              the default in compose.yaml:4:18           "latest"
              the default in compose.override.yaml:3:18  "edge"

  used 3 times
  compose.yaml:4:18           services.web.image    nginx:\${TAG:-latest}       → nginx:2.0
  compose.yaml:11:18          services.api.command  run $TAG $NOPE             → run 2.0
  compose.override.yaml:3:18  services.web.image    nginx:\${TAG:-edge}-alpine  → nginx:2.0-alpine
`);
  expect(await explained("TAG")).toStartWith('TAG = "1.2"\n  from        .env:2:1\n');
});

test("a variable that is not set", async () => {
  expect(await explained("NOPE")).toBe(`NOPE is not set: an empty text stands in its place

  used once
  compose.yaml:11:23  services.api.command  run $TAG $NOPE  → run 1.2
`);
});

test("a variable of files and of containers: what environment says, and what files say below it", async () => {
  expect(await explained("LEVEL")).toBe(`LEVEL is not set
  by default  compose.yaml:6:15  "info"

  used once
  compose.yaml:6:15  services.web.environment[0]  LEVEL=\${LEVEL-info}  → LEVEL=info

LEVEL in containers
  web  "warn"      environment in compose.override.yaml:5:14
       instead of  environment in compose.yaml:6:9  "info"
                   env_file in web.env:1:1          "trace"
  api  "debug"     environment in compose.yaml:12:27
       instead of  environment in compose.yaml:6:9  "info"
                   env_file in web.env:1:1          "trace"
`);
});

test("a variable that containers alone have", async () => {
  expect(await explained("ONLY_FILE")).toBe(`ONLY_FILE in containers
  web  "1.2"  env_file in web.env:2:1
  api  "1.2"  env_file in web.env:2:1
`);
  expect(await explained("FROM_SHELL", { FROM_SHELL: "yes" })).toContain(
    'web  "yes"  environment in compose.yaml:7:9',
  );
  expect(await explained("UNUSED")).toBe(
    'UNUSED = "1"\n  from  .env:3:1\n\n  no file of the project uses it\n',
  );
});

test("a value: the file it is from, what it took the place of, and the variable in it", async () => {
  const expected = `services.web.image = "nginx:1.2-alpine"
  from        compose.override.yaml:3:12, a later file
  instead of  compose.yaml:4:12          "nginx:1.2"
  written     nginx:\${TAG:-edge}-alpine  TAG is "1.2", from .env:2:1
`;
  expect(await explained("services.web.image")).toBe(expected);
  expect(await explained("web.image")).toBe(expected);
});

test("a service: every value with its place", async () => {
  const lines = (await explained("api")).split("\n");
  expect(lines[0]).toBe("services.api");
  expect(lines.find((line) => line.startsWith("  image "))).toMatch(
    /^ {2}image +"nginx:1\.2" +compose\.yaml:4:12, by extends$/,
  );
  expect(lines.find((line) => line.includes("environment.LEVEL"))).toMatch(
    /"debug" +compose\.yaml:12:27 +instead of "info", compose\.yaml:6:9$/,
  );
});

test("a name nobody knows leads to the nearest one", async () => {
  await expect(explained("TGA")).rejects.toThrow(
    'explain "TGA": no file of the project speaks of it (did you mean "TAG"?)',
  );
  await expect(explained("web.imgae")).rejects.toThrow('(did you mean "web.image"?)');
});
