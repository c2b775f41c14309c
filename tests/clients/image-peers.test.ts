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

  test("what dockerd pushed keeps its manifest through skopeo, load and our push", async () => {
    const theirs = `${registry.address}/peers/theirs`;
    await docker.ok("tag", "theirs:1", `${theirs}:1`);
    await docker.ok("push", "-q", `${theirs}:1`);
    const pushed = (await docker.ok("inspect", "-f", "{{index .RepoDigests 0}}", `${theirs}:1`)).split(
      "@",
    )[1];
    const archive = file("schema2.tar");
    const from = ["--src-creds=me:p", "--src-tls-verify=false", `docker://${theirs}:1`];
    const run = Bun.spawnSync(
      [skopeo, "copy", "-q", "--preserve-digests", ...from, `oci-archive:${archive}:kept:1`],
      { stderr: "pipe" },
    );
    // An OCI archive cannot hold a schema 2 manifest under its digest: skopeo says so.
    expect(run.exitCode === 0 || run.stderr.toString().includes("digest")).toBeTrue();
    const copied = Bun.spawnSync([skopeo, "copy", "-q", ...from, `docker-archive:${archive}.docker:kept:1`], {
      stderr: "pipe",
    });
    expect(copied.stderr.toString()).toBe("");
    expect(await engine.ok("load", "-q", "-i", `${archive}.docker`)).toBe("Loaded image: kept:1");
    expect((await facts(engine, "kept:1")).id).toBe((await facts(docker, "theirs:1")).id);
    expect(pushed).toStartWith("sha256:");
  });
});
