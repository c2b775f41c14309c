import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { runHull } from "../setup/hull-cli.ts";
import { ServedRegistry } from "../setup/served-registry.ts";

const engine = clientEngine();
const place = (path: string) => join(engine.directory, path);

/** Files of one project, in a directory of its own. */
function project(name: string, files: Readonly<Record<string, string>>) {
  const directory = place(name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const id = engine.name(name);
  const hull = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runHull(["compose", "-p", id, ...words], { cwd: directory, env: { ...engine.environment, ...env } });
  return { id, hull, directory };
}

const label = (image: string, key: string) =>
  engine.ok("image", "inspect", "--format", `{{index .Config.Labels "${key}"}}`, image);

describe("compose build", () => {
  test("every attribute that any engine knows arrives in the image, under all its names", async () => {
    const { id, hull } = project("attributes", {
      "compose.yaml": `
services:
  web:
    image: \${ID}:named
    build:
      context: web
      dockerfile: other.Dockerfile
      target: last
      args: { GIVEN: here, FROM_ENV: }
      labels: { own: label }
      tags: ["\${ID}:second"]
      network: none
      shm_size: 1m
      no_cache: true
      ulimits: { nofile: 77 }
      extra_hosts: { example.test: 10.1.2.3 }
  plain: { image: busybox }
`,
      "web/other.Dockerfile": `
FROM busybox AS last
ARG GIVEN
ARG FROM_ENV
COPY kept.txt left-out.tx[t] /in/
RUN echo "$GIVEN $FROM_ENV $(ulimit -n) $(grep -c example.test /etc/hosts)" > /in/args.txt
FROM busybox AS never
RUN exit 1
`,
      "web/kept.txt": "kept\n",
      "web/left-out.txt": "no\n",
      "web/.dockerignore": "left-out.txt\n",
    });
    const built = await hull(["build"], { ID: id, FROM_ENV: "env" });
    expect(built).toMatchObject({ code: 0, out: "" });
    expect(built.err).toContain(" Service web  Building\n");
    expect(built.err).toContain(" Service web  Built\n");
    const image = `${id}:named`;
    expect(await engine.once([], "true")).toBe("");
    expect(await engine.ok("run", "--rm", `${id}:second`, "sh", "-c", "ls /in; cat /in/args.txt")).toBe(
      "args.txt\nkept.txt\nhere env 77 1",
    );
    expect(await label(image, "own")).toBe("label");
    // A flag comes before the file; nothing is said of what is quiet.
    const again = await hull(["build", "-q", "--build-arg", "GIVEN=there", "web"], { ID: id });
    expect(again).toEqual({ code: 0, out: "", err: "" });
    expect(await engine.ok("run", "--rm", image, "cat", "/in/args.txt")).toBe("there  77 1");
    await engine.ok("rmi", image, `${id}:second`);
  });

  test("a build that fails says which service, and ends with its last lines", async () => {
    const { hull } = project("failing", {
      "compose.yaml": `
services:
  bad: { build: { dockerfile_inline: "FROM busybox\\nRUN echo the reason; exit 4\\n" } }
`,
    });
    const { code, out, err } = await hull(["build"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain('service "bad" could not be built:\n');
    expect(err.slice(err.indexOf("could not"))).toMatch(/the reason[\s\S]*(exit code: 4|non-zero code: 4)/);
  });

  hullOnly("classic builders know neither secrets nor contexts of other services")(
    "images that stand on each other are built in their order; secrets reach the build and stay out",
    async () => {
      const { id, hull } = project("standing", {
        "compose.yaml": `
services:
  top:
    build:
      dockerfile_inline: |
        FROM middle
        RUN --mount=type=secret,id=inside cat /run/secrets/inside | tr a-z A-Z > /loud
      additional_contexts: { middle: "service:middle" }
      secrets: [{ source: word, target: inside }]
  middle:
    build:
      dockerfile_inline: "FROM base\\nRUN cat /base > /middle\\n"
      additional_contexts: { base: "service:bottom" }
  bottom:
    build: { dockerfile_inline: "FROM busybox\\nRUN echo bottom > /base\\n" }
secrets:
  word: { environment: WORD }
`,
      });
      expect(await hull(["build", "top"], { WORD: "sesame" })).toMatchObject({ code: 0 });
      const { code, out } = await hull([
        "run",
        "--rm",
        "-T",
        "top",
        "sh",
        "-c",
        "cat /loud; echo; cat /middle",
      ]);
      expect({ code, out }).toEqual({ code: 0, out: "SESAME\nbottom\n" });
      expect(await engine.ok("image", "history", "--no-trunc", `${id}-top`)).not.toContain("sesame");
      await hull(["down", "--rmi", "all"]);
      const circle = project("circle", {
        "compose.yaml": `
services:
  a: { build: { dockerfile_inline: FROM x, additional_contexts: { x: "service:b" } } }
  b: { build: { dockerfile_inline: FROM x, additional_contexts: { x: "service:a" } } }
`,
      });
      const refused = await circle.hull(["build"]);
      expect(refused.code).toBe(1);
      expect(refused.err).toMatch(/circle|cycle/);
    },
  );

  test("--print says what bake would be told; what there is no way to do is refused", async () => {
    const { id, hull, directory } = project("printed", {
      "compose.yaml": `services: { web: { build: { context: ., args: { A: "\${B}" } } } }\n`,
      Dockerfile: "FROM scratch\n",
    });
    const { code, out } = await hull(["build", "--print"], { B: "c" });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      group: { default: { targets: ["web"] } },
      target: {
        web: {
          context: directory,
          dockerfile: join(directory, "Dockerfile"),
          args: { A: "c" },
          labels: {
            "com.docker.compose.project": id,
            "com.docker.compose.service": "web",
            "com.docker.compose.version": "2.40.3",
          },
          tags: [`${id}-web`],
          output: ["type=docker"],
        },
      },
    });
    expect(await hull(["build", "--provenance", "true"])).toMatchObject({
      code: 1,
      err: "--provenance: the builder makes no attestations\n",
    });
    expect(await hull(["build", "--ssh", "key"])).toMatchObject({ code: 1, err: 'invalid ssh key "key"\n' });
  });
});

describe("compose push and pull", () => {
  let registry: ServedRegistry;
  beforeAll(async () => {
    registry = await ServedRegistry.start(["--root", place("registry")], {}, engine.hostPrefix);
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
  });

  const files = (id: string) => ({
    "compose.yaml": `
services:
  web:
    image: ${registry.address}/${id}:1
    build: { dockerfile_inline: "FROM busybox\\nRUN echo pushed > /x\\n", tags: ["${registry.address}/${id}:also"] }
  again: { image: "${registry.address}/${id}:1" }
  local: { image: busybox, pull_policy: never }
  other: { image: "busybox:latest", pull_policy: missing }
`,
  });

  test("what was built is pushed under all its names, and pulled again, each image once", async () => {
    const name = engine.name("moved");
    const { hull } = project("moved", files(name));
    const image = `${registry.address}/${name}:1`;
    expect(await hull(["build", "--push"])).toMatchObject({ code: 0 });
    const pushed = await hull(["push"]);
    expect(pushed).toMatchObject({ code: 0, out: "" });
    expect(pushed.err).toContain(" again Skipped");
    expect(pushed.err).toMatch(/Pushing .*:also {2}Pushed/);
    await engine.ok("rmi", image, `${registry.address}/${name}:also`);
    const pulled = await hull(["pull", "web", "again", "local"]);
    expect(pulled).toMatchObject({ code: 0, out: "" });
    expect(pulled.err).toMatch(/ (web|again) Pulling/);
    expect(pulled.err).toMatch(/ (again|web) Skipped - Image is already being pulled by (web|again)/);
    expect(pulled.err).toContain(" local Skipped");
    expect(await engine.ok("run", "--rm", image, "cat", "/x")).toBe("pushed");
    expect((await hull(["pull", "--policy", "missing", "web"])).err).toContain(
      " web Skipped - Image is already present locally",
    );
    expect((await hull(["pull", "--ignore-buildable", "web"])).err).toContain(
      " web Skipped - Image can be built",
    );
    expect(await hull(["pull", "-q", "web"])).toMatchObject({ code: 0 });
    await engine.ok("rmi", image);
  });

  test("an image nobody has fails, is warned of where it can be built, and ignored where that is asked", async () => {
    const gone = `${registry.address}/${engine.name("gone")}:1`;
    const { hull } = project("gone", {
      "compose.yaml": `
services:
  gone: { image: "${gone}" }
  made: { image: "${gone}-built", build: { dockerfile_inline: FROM busybox } }
`,
    });
    expect((await hull(["pull", "gone"])).code).toBe(1);
    expect((await hull(["pull", "--ignore-pull-failures"])).code).toBe(0);
    const both = await hull(["pull", "made"]);
    expect(both.err).toContain("must be built from source by running:\n    hull compose build made\n");
  });

  test("a dry run tells the same and moves nothing", async () => {
    const name = engine.name("dry");
    const { hull } = project("dry", files(name));
    const told = await hull(["--dry-run", "pull", "web"]);
    expect(told).toMatchObject({ code: 0, out: "" });
    expect(told.err).toContain(" DRY-RUN MODE -  web Pulled");
    expect((await hull(["build", "--dry-run"])).err).toContain("DRY-RUN MODE -");
    expect(await engine.ok("images", "-q", `${registry.address}/${name}`)).toBe("");
  });
});
