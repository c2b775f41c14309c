import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type EngineUnderTest, startEngine } from "../setup/engine-under-test.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await startEngine();
}, 60_000);
afterAll(() => engine[Symbol.asyncDispose](), 60_000);

describe("images", () => {
  test("are listed, inspected and have a history", async () => {
    expect(await engine.ok("images", "--format={{.Repository}}:{{.Tag}}")).toBe("busybox:latest");
    const image = JSON.parse(await engine.ok("image", "inspect", "busybox"))[0];
    expect(image).toMatchObject({ RepoTags: ["busybox:latest"], Os: "linux", Config: { Cmd: ["sh"] } });
    expect(image.Id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect((await engine.ok("history", "-q", "busybox")).split("\n")).toHaveLength(2);
  });

  test("get more names, and lose them one by one", async () => {
    await engine.ok("tag", "busybox", "registry.example:5000/deep/name:v1");
    expect(await engine.ok("images", "--format={{.Tag}}", "registry.example:5000/deep/name")).toBe("v1");
    expect(await engine.ok("rmi", "registry.example:5000/deep/name:v1")).toContain(
      "Untagged: registry.example:5000/deep/name:v1",
    );
    expect((await engine.docker("image", "inspect", "busybox")).code).toBe(0);
  });

  test("are made from a container by commit, with changes", async () => {
    await engine.ok("run", "--name=maker", "busybox", "sh", "-c", "echo made > /made; rm /etc/group");
    const id = await engine.ok(
      "commit",
      "-a",
      "me",
      "-m",
      "why",
      "-c",
      "ENV A=1",
      "-c",
      `CMD ["cat", "/made"]`,
      "maker",
      "made:one",
    );
    expect(id).toMatch(/^sha256:/);
    expect(await engine.ok("run", "--rm", "made:one")).toBe("made");
    expect(
      await engine.ok("run", "--rm", "made:one", "sh", "-c", "echo $A; test -e /etc/group || echo gone"),
    ).toBe("1\ngone");
    expect(JSON.parse(await engine.ok("image", "inspect", "made:one"))[0]).toMatchObject({
      Author: "me",
      Comment: "why",
    });
    await engine.ok("rm", "maker");
    await engine.ok("rmi", "made:one");
  });

  test("survive save and load with all their layers", async () => {
    await engine.ok("run", "--name=second", "busybox", "sh", "-c", "echo layer > /layer");
    await engine.ok("commit", "second", "saved:v1");
    await engine.ok("rm", "second");
    const id = await engine.ok("image", "inspect", "--format={{.Id}}", "saved:v1");
    const file = join(engine.directory, "saved.tar");
    await engine.ok("save", "-o", file, "saved:v1", "busybox:latest");
    await engine.ok("rmi", "saved:v1");
    expect((await engine.docker("run", "--rm", "--pull=never", "saved:v1")).code).toBe(125);
    expect(await engine.ok("load", "-i", file)).toContain("Loaded image: saved:v1");
    expect(await engine.ok("image", "inspect", "--format={{.Id}}", "saved:v1")).toBe(id);
    expect(await engine.ok("run", "--rm", "saved:v1", "cat", "/layer")).toBe("layer");
    await engine.ok("rmi", "saved:v1");
  });

  test("come from an exported file system by import", async () => {
    await engine.ok("create", "--name=flat", "busybox");
    const file = join(engine.directory, "flat.tar");
    await engine.ok("export", "-o", file, "flat");
    await engine.ok("rm", "flat");
    await engine.ok("import", "-c", `ENTRYPOINT ["echo", "imported"]`, "-m", "flat", file, "flat:one");
    expect(await engine.ok("run", "--rm", "flat:one", "x")).toBe("imported x");
    await engine.ok("rmi", "flat:one");
  });

  test("in use are not removed, and the sentence names the container", async () => {
    await engine.ok("tag", "busybox", "used:one");
    await engine.ok("rmi", "busybox:latest");
    await engine.ok("create", "--name=holding", "used:one");
    const { code, err } = await engine.docker("rmi", "used:one");
    expect(code).toBe(1);
    const holder = await engine.ok("ps", "-aq", "--filter=name=holding");
    expect(err).toContain(`container ${holder} is using its referenced image`);
    await engine.ok("rm", "holding");
    await engine.ok("tag", "used:one", "busybox:latest");
    await engine.ok("rmi", "used:one");
  });

  test("that are missing or broken are refused with a sentence", async () => {
    expect((await engine.docker("image", "inspect", "nosuchimage")).err).toMatch(
      /No such image: nosuchimage/i,
    );
    expect((await engine.docker("rmi", "nosuchimage")).err).toMatch(/No such image: nosuchimage/i);
    expect((await engine.docker("tag", "busybox", "UPPER:x")).err).toMatch(
      /invalid reference format|repository name/,
    );
    const { code } = await engine.dockerWith({ stdin: "this is no archive" }, "load");
    expect(code).toBe(1);
  });

  test("without a name are pruned", async () => {
    await engine.ok("run", "--name=nameless", "busybox", "touch", "/x");
    const id = await engine.ok("commit", "nameless");
    await engine.ok("rm", "nameless");
    expect(await engine.ok("image", "prune", "-f")).toContain(id);
    expect((await engine.docker("image", "inspect", id)).code).toBe(1);
  });
});
