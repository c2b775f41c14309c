import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { clientEngine, onReference } from "../setup/client-engine.ts";
import { makeNetworkNamespace, ReferenceEngine } from "../setup/reference-engine.ts";
import { RegistryUnderTest, registryProgram } from "../setup/registry-under-test.ts";

const engine = clientEngine();
const dockerd = Bun.which("dockerd");
const skopeo = Bun.which("skopeo") ?? "";
const missing = [
  ...(dockerd ? [] : ["docker.io"]),
  ...(registryProgram ? [] : ["docker-registry"]),
  ...(skopeo ? [] : ["skopeo"]),
];
const reason = onReference ? "dockerd is the peer here" : `not installed: ${missing.join(", ")}`;
const isSkipped = onReference || missing.length > 0;
const password = "p";

describe.skipIf(isSkipped)(isSkipped ? `images and dockerd [${reason}]` : "images and dockerd", () => {
  const undo = new AsyncDisposableStack();
  let docker: ReferenceEngine;
  let registry: RegistryUnderTest;

  /**
   * dockerd lives in a network of its own, so the registry runs twice, at the same loopback
   * address of both networks and on the same files.
   */
  beforeAll(async () => {
    const { wrapper, remove } = makeNetworkNamespace(`hull-peer-${process.pid}`);
    docker = undo.use(new ReferenceEngine(dockerd ?? "", wrapper, remove));
    await docker.start();
    const options = {
      directory: join(engine.directory, "registry"),
      port: await engine.freePort(),
      username: "me",
      password,
    };
    registry = undo.use(await RegistryUnderTest.start(options));
    undo.use(await RegistryUnderTest.start({ ...options, prefix: wrapper }));
    for (const one of [engine, docker])
      await one.dockerWith({ stdin: password }, "login", "-u", "me", "--password-stdin", registry.address);
  }, 90_000);
  afterAll(() => undo.disposeAsync());

  const file = (name: string) => join(engine.directory, name);
  const facts = async (one: { ok: typeof engine.ok }, reference: string) =>
    JSON.parse(
      await one.ok(
        "inspect",
        "-f",
        '{"id":"{{.Id}}","layers":{{json .RootFS.Layers}},"size":{{.Size}}}',
        reference,
      ),
    ) as { id: string; layers: string[]; size: number };

  async function commit(one: { ok: typeof engine.ok }, reference: string, content: string) {
    await Bun.write(file("content"), content);
    const container = await one.ok("create", "busybox", "true");
    await one.ok("cp", file("content"), `${container}:/content`);
    await one.ok("commit", "-a", "somebody", "-m", "some words", container, reference);
    await one.ok("rm", container);
  }

  test("dockerd loads what Hull saved, and Hull what dockerd saved: the same images", async () => {
    await commit(engine, "ours:1", "made by Hull");
    await engine.ok("tag", "ours:1", "ours:2");
    await engine.ok("save", "-o", file("ours.tar"), "ours", "busybox");
    expect((await docker.ok("load", "-i", file("ours.tar"))).split("\n").sort()).toEqual([
      "Loaded image: busybox:latest",
      "Loaded image: ours:1",
      "Loaded image: ours:2",
    ]);
    expect(await facts(docker, "ours:2")).toEqual(await facts(engine, "ours:1"));

    await commit(docker, "theirs:1", "made by dockerd");
    await docker.ok("save", "-o", file("theirs.tar"), "theirs:1", "ours");
    expect((await engine.ok("load", "-i", file("theirs.tar"))).split("\n").sort()).toEqual([
      "Loaded image: ours:1",
      "Loaded image: ours:2",
      "Loaded image: theirs:1",
    ]);
    expect(await facts(engine, "theirs:1")).toEqual(await facts(docker, "theirs:1"));
    const history = (one: { ok: typeof engine.ok }) =>
      one.ok("history", "--no-trunc", "--format", "{{.CreatedBy}} {{.Size}} {{.Comment}}", "theirs:1");
    expect(await history(engine)).toBe(await history(docker));
    const ids = async (one: { ok: typeof engine.ok }) =>
      (await one.ok("history", "--no-trunc", "--format", "{{.ID}}", "ours:1")).split("\n");
    expect(await ids(docker)).toEqual(await ids(engine));
    expect((await ids(engine))[1]).toBe((await facts(engine, "busybox")).id);
  });

  test("dockerd pulls what Hull pushed, under the same digest", async () => {
    const reference = `${registry.address}/peers/ours:1`;
    await engine.ok("tag", "ours:1", reference);
    await engine.ok("push", "-q", reference);
    const ours = await facts(engine, reference);
    const digests = await engine.ok("inspect", "-f", "{{json .RepoDigests}}", reference);
    await docker.ok("rmi", "-f", "ours:1", "ours:2");
    await docker.ok("pull", "-q", reference);
    expect(await facts(docker, reference)).toEqual(ours);
    expect(await docker.ok("inspect", "-f", "{{json .RepoDigests}}", reference)).toBe(digests);
  });

  test("what dockerd pushed goes on byte for byte: pull, push elsewhere, the same digest", async () => {
    const theirs = `${registry.address}/peers/theirs`;
    await docker.ok("tag", "theirs:1", `${theirs}:1`);
    await docker.ok("push", "-q", `${theirs}:1`);
    const pushed = await docker.ok("inspect", "-f", "{{index .RepoDigests 0}}", `${theirs}:1`);
    const digest = pushed.slice(pushed.indexOf("@") + 1);

    await engine.ok("rmi", "-f", "theirs:1");
    await engine.ok("pull", "-q", `${theirs}:1`);
    expect(await facts(engine, `${theirs}:1`)).toEqual(await facts(docker, "theirs:1"));
    const further = `${registry.address}/further/place:2`;
    await engine.ok("tag", `${theirs}:1`, further);
    const words = await engine.ok("push", further);
    expect(words).toContain(`2: digest: ${digest} size: `);
    expect(words).toContain("Mounted from peers/theirs");
    expect(words).not.toContain("Pushed");

    // By another program, out of both places: the same bytes.
    const raw = (path: string) => {
      const options = ["--raw", `--creds=me:${password}`, "--tls-verify=false"];
      const run = Bun.spawnSync([skopeo, "inspect", ...options, `docker://${registry.address}/${path}`]);
      return run.stdout.toString();
    };
    expect(raw("further/place:2")).toBe(raw("peers/theirs:1"));
    expect(raw("further/place:2")).toContain("application/vnd.docker.distribution.manifest.v2+json");
  });

  test("skopeo's docker-archive of what dockerd pushed loads as the same image", async () => {
    const archive = file("skopeo.tar");
    const from = [`--src-creds=me:${password}`, "--src-tls-verify=false"];
    const source = `docker://${registry.address}/peers/theirs:1`;
    const run = Bun.spawnSync([skopeo, "copy", "-q", ...from, source, `docker-archive:${archive}:kept:1`]);
    expect(run.stderr.toString()).toBe("");
    expect(await engine.ok("load", "-q", "-i", archive)).toBe("Loaded image: kept:1");
    expect(await facts(engine, "kept:1")).toEqual(await facts(docker, "theirs:1"));
  });
});
