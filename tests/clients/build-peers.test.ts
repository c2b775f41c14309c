import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TarReader } from "../../src/lib/tar/tar-reader.ts";
import { clientEngine, onReference } from "../setup/client-engine.ts";
import { makeNetworkNamespace, ReferenceEngine } from "../setup/reference-engine.ts";

/**
 * The corpus of Dockerfiles built by Hull, and by dockerd's classic builder: the same configuration,
 * the same files. A sample of them, or all with HULL_TEST_RUNS.
 */
const corpus = join(import.meta.dir, "../fixtures/dockerfiles");
const context = join(corpus, "context");
const isWhole = Number(process.env.HULL_TEST_RUNS ?? 1) > 1;
const lines = (name: string) =>
  readFileSync(join(corpus, name), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
const buildable = lines("buildable.txt").map((line) => {
  const [file = "", builder = ""] = line.split(/\s+/);
  return { file, builder };
});
const sampled = <T>(all: readonly T[], every: number) =>
  isWhole ? all : all.filter((_, at) => at % every === 0);

const engine = clientEngine();
const dockerd = Bun.which("dockerd");
const reason = onReference ? "dockerd is the peer here" : "not installed: docker.io";
const isSkipped = onReference || !dockerd;

interface Client {
  ok(...args: string[]): Promise<string>;
  dockerWith: typeof engine.dockerWith;
}

const classic = { env: { DOCKER_BUILDKIT: "0" } };

async function build(one: Client, file: string): Promise<{ code: number; text: string; image: string }> {
  const { code, out, err } = await one.dockerWith(classic, "build", "-q", "-f", join(corpus, file), context);
  return { code, text: `${out}${err}`, image: out.trim().split("\n").at(-1) ?? "" };
}

async function mustBuild(one: Client, file: string): Promise<string> {
  const { code, text, image } = await build(one, file);
  if (code !== 0) throw new Error(`${file}: ${text}`);
  return image;
}

/** What says nothing is left out: null, an empty list and "" are the same to who runs an image. */
async function configOf(one: Client, image: string): Promise<Record<string, unknown>> {
  const [{ Config, Author }] = JSON.parse(await one.ok("inspect", image));
  const names = [
    ...["Env", "Cmd", "Entrypoint", "ExposedPorts", "Volumes", "WorkingDir", "User", "Labels"],
    ...["StopSignal", "Healthcheck", "Shell", "OnBuild"],
  ];
  const all = [...names.map((name) => [name, Config[name]]), ["Author", Author]];
  const says = all.filter(([, value]) => value && Object.keys(value).length > 0);
  return Object.fromEntries(says.filter(([name, value]) => !(name === "WorkingDir" && value === "/")));
}

/** Made by the engine for every container, in no image. */
const engineOwn = /^(?:\.dockerenv|(?:dev|proc|sys)(?:\/.*)?|etc|etc\/(?:hosts|hostname|resolv\.conf|mtab))$/;
/** The client writes a name of its own making into it, another one each time. */
const clientsOwn = /(?:^|\/)\.dockerignore$/;

/** `path type mode owner content`, a line each. */
async function filesOf(one: Client, image: string): Promise<string[]> {
  const container = await one.ok("create", image, "none");
  const path = join(engine.directory, `${crypto.randomUUID()}.tar`);
  await one.ok("export", "-o", path, container);
  await one.ok("rm", container);
  const reader = new TarReader(Bun.file(path).stream());
  const files: string[] = [];
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    const name = entry.path.replace(/^\.?\/|\/$/g, "");
    const hash = createHash("sha256");
    for (let part = await reader.data(); part; part = await reader.data()) hash.update(part);
    const isText = entry.type === "file" && !clientsOwn.test(name);
    const content = isText ? hash.digest("hex").slice(0, 12) : (entry.linkTarget ?? "");
    if (name === "" || engineOwn.test(name)) continue;
    files.push(`${name} ${entry.type} ${entry.mode.toString(8)} ${entry.uid}:${entry.gid} ${content}`);
  }
  return files.sort();
}

describe.skipIf(isSkipped)(isSkipped ? `builds and dockerd [${reason}]` : "builds and dockerd", () => {
  const undo = new AsyncDisposableStack();
  let docker: ReferenceEngine;
  beforeAll(async () => {
    const { wrapper, remove } = makeNetworkNamespace(`hull-build-${process.pid}`);
    docker = undo.use(new ReferenceEngine(dockerd ?? "", wrapper, remove));
    await docker.start();
    // The same busybox on both sides.
    const path = join(engine.directory, "busybox.tar");
    await engine.ok("save", "-o", path, "busybox");
    await docker.ok("load", "-i", path);
  }, 90_000);
  afterAll(() => undo.disposeAsync());

  const both = sampled(
    buildable.filter(({ builder }) => builder === "classic"),
    14,
  );
  test.each(both.map(({ file }) => file))(
    "%s is the same image as dockerd's",
    async (file) => {
      const [ours, theirs] = await Promise.all([mustBuild(engine, file), mustBuild(docker, file)]);
      expect(await configOf(engine, ours)).toEqual(await configOf(docker, theirs));
      const [our, their] = await Promise.all([filesOf(engine, ours), filesOf(docker, theirs)]);
      expect(our).toEqual(their);
    },
    60_000,
  );
});

describe.skipIf(onReference)("the corpus", () => {
  const newer = sampled(
    buildable.filter(({ builder }) => builder === "buildkit"),
    7,
  );
  test.each(newer.map(({ file }) => file))(
    "%s is built",
    async (file) => {
      await mustBuild(engine, file);
    },
    30_000,
  );

  const failing = sampled(lines("failing.txt"), 3).map((line) => {
    const [file = "", ...words] = line.split(/\s+/);
    return [file, words.join(" ")] as const;
  });
  test.each(failing)(
    "%s is not built: %s",
    async (file, words) => {
      const { code, text } = await build(engine, file);
      expect(code).not.toBe(0);
      // The same in the classic builder's words.
      expect(text).toContain(words.replace("exit code", "returned a non-zero code"));
    },
    30_000,
  );
});
