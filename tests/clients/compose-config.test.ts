import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CorpusCase, corpusCases, corpusMistakes } from "../setup/compose-corpus.ts";
import { runHull } from "../setup/hull-cli.ts";

let place = "";

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "hull-compose-config-"));
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

/** The project in a directory of its own, which has its name. */
function placed(asked: CorpusCase): string {
  const directory = join(place, asked.name);
  if (!existsSync(directory)) cpSync(asked.directory, directory, { recursive: true });
  return directory;
}

/** Nothing of the caller's environment may lead elsewhere. */
const noCompose = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith("COMPOSE_"))
    .map((name) => [name, undefined]),
);

async function hullConfig(asked: CorpusCase, ...words: readonly string[]) {
  const cwd = placed(asked);
  const stdin = asked.stdin ? { stdin: readFileSync(join(cwd, asked.stdin)) } : {};
  const env = { ...noCompose, PWD: cwd, ...asked.env };
  return await runHull(["compose", ...asked.command, "config", ...words], { cwd, env, ...stdin });
}

function named(name: string): CorpusCase {
  const found = [...corpusCases(), ...corpusMistakes()].find((asked) => asked.name === name);
  if (!found) throw new Error(`there is no case ${name}`);
  return found;
}

describe("hull compose config", () => {
  test("reads a file from standard input; its paths stand on the directory of the call", async () => {
    const { code, out } = await hullConfig(named("stdin"));
    expect(code).toBe(0);
    expect(out).toContain(`source: ${join(place, "stdin/here")}\n`);
  });

  test("from a symbolic link the project is called after it, as Docker Compose calls it", async () => {
    const link = join(place, "linked-here");
    rmSync(link, { force: true });
    symlinkSync(placed(named("minimal")), link);
    const { out, err } = await runHull(["compose", "config"], {
      cwd: link,
      env: { ...noCompose, PWD: link },
    });
    expect(out).toStartWith("name: linked-here\n");
    expect(err).toContain('without an explicit name from a symlink. Using name "linked-here"');
  });

  test("a large file says the same from standard input", async () => {
    const cwd = mkdtempSync(join(place, "large-"));
    const service = (_: unknown, at: number) =>
      `  s${at}:\n    image: busybox:\${TAG:-1}\n    hostname: h${at}\n`;
    const stdin = `services:\n${Array.from({ length: 800 }, service).join("")}`;
    writeFileSync(join(cwd, "compose.yaml"), stdin);
    const env = { ...noCompose, PWD: cwd };
    const given = await runHull(["compose", "-f", "-", "config"], { cwd, env, stdin });
    const found = await runHull(["compose", "config"], { cwd, env });
    expect([found.code, found.err]).toEqual([0, ""]);
    expect(found.out).toBe(given.out);
    expect(found.out).toContain("  s799:\n    hostname: h799\n");
  });

  test("-o writes a file, and says nothing", async () => {
    const asked = named("minimal");
    const { code, out, err } = await hullConfig(asked, "-o", "resolved.yaml");
    expect([code, out, err]).toEqual([0, "", ""]);
    const { out: printed } = await hullConfig(asked);
    expect(readFileSync(join(placed(asked), "resolved.yaml"), "utf8")).toBe(printed);
  });

  test("-q says nothing of a good file and everything about a bad one", async () => {
    const good = await hullConfig(named("minimal"), "--quiet");
    expect([good.code, good.out, good.err]).toEqual([0, "", ""]);
    const bad = await hullConfig(named("several-unknown-keys"), "--quiet");
    expect([bad.code, bad.out]).toEqual([1, ""]);
    expect(bad.err).toContain(`compose.yaml:4:5: services.web: unknown key "port"
   2 │   web:
   3 │     image: nginx
>  4 │     port:
     │     ^ did you mean "ports"?
   5 │       - "80:80"
`);
    expect(bad.err).toEndWith("\n5 mistakes in the files of the project\n");
  });

  test("what it prints is a project with the same resolved model", async () => {
    const asked = named("deploy-full");
    const { out } = await hullConfig(asked);
    const again = await runHull(["compose", "-f", "-", "config"], { cwd: placed(asked), stdin: out });
    expect(again.out).toBe(out);
  });
});

const peer = process.env.HULL_TEST_COMPOSE ?? Bun.which("docker-compose") ?? "";
const version = peer === "" ? "" : Bun.spawnSync([peer, "version", "--short"]).stdout.toString().trim();
const isPeer = version.startsWith("2.");

/** An engine that knows what a registry has under a name, and nothing else. */
function digestEngine() {
  const host = join(mkdtempSync(join(place, "engine-")), "engine.sock");
  const head = { "Api-Version": "1.44", Ostype: "linux" };
  const server = Bun.serve({
    unix: host,
    fetch: (request) => {
      const path = new URL(request.url).pathname.replace(/^\/v\d+\.\d+/, "");
      if (path === "/_ping") return new Response("OK", { headers: head });
      const name = /^\/distribution\/(.*)\/json$/.exec(path)?.[1];
      if (!name || name.includes("missing")) {
        return Response.json({ message: "manifest unknown" }, { status: 404, headers: head });
      }
      const digest = `sha256:${new Bun.CryptoHasher("sha256").update(decodeURIComponent(name)).digest("hex")}`;
      const Descriptor = { mediaType: "application/vnd.oci.image.index.v1+json", digest, size: 1 };
      return Response.json({ Descriptor, Platforms: [] }, { headers: head });
    },
  });
  return { host: `unix://${host}`, [Symbol.dispose]: () => void server.stop(true) };
}

const pinned = named("pinned-images");
const ways = [
  ["--resolve-image-digests"],
  ["--lock-image-digests"],
  ["--lock-image-digests", "--format", "json"],
];

describe("images are pinned to what their registry has", () => {
  test.each(ways)("%s %s %s", async (...way) => {
    using engine = digestEngine();
    const words = way.filter((word) => typeof word === "string");
    for (const more of [[], ["--no-interpolate"]]) {
      const asked = { ...pinned, env: { ...pinned.env, DOCKER_HOST: engine.host } };
      const { code, out, err } = await hullConfig(asked, ...words, ...more);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/image"?: "?docker\.io\/library\/busybox:1\.36@sha256:[0-9a-f]{64}/);
      if (isPeer) expect(out).toBe(await peerConfig(asked, ...words, ...more));
    }
  });

  test("what the registry has not is said", async () => {
    using engine = digestEngine();
    const asked = { ...named("minimal"), env: { DOCKER_HOST: engine.host } };
    writeFileSync(join(placed(asked), "missing.yaml"), "services: {web: {image: missing}}\n");
    const { code, out, err } = await hullConfig(
      { ...asked, command: ["-f", "missing.yaml"] },
      "--resolve-image-digests",
    );
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("failed to resolve digest for docker.io/library/missing:latest");
    expect(err).toContain("manifest unknown");
  });
});

/** Each costs two processes: a part of them is asked unless more runs are wanted. */
const asked = corpusCases().filter(
  ({ ours }, index) => !ours && (process.env.HULL_TEST_RUNS || index % 6 === 0),
);

describe("the same as docker-compose 2.x", () => {
  if (!isPeer) {
    test.skip("one project after the other [no docker-compose 2.x is installed]", () => {});
    return;
  }
  test.each(asked.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    const [ours, hashes] = await Promise.all([
      hullConfig(each, ...each.flags),
      hullConfig(each, "--hash", "*"),
    ]);
    expect([ours.code, ours.out]).toEqual([0, await peerConfig(each, ...each.flags)]);
    if (each.hash) expect(hashes.out).toBe(await peerConfig(each, "--hash", "*"));
  });
});

async function peerConfig(each: CorpusCase, ...words: readonly string[]): Promise<string> {
  const cwd = placed(each);
  const child = Bun.spawn([peer, ...each.command, "config", ...words], {
    cwd,
    env: { ...process.env, ...noCompose, PWD: cwd, ...each.env },
    stdin: each.stdin ? readFileSync(join(cwd, each.stdin)) : "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  return await child.stdout.text();
}
