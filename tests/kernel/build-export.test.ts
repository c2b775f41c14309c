import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpackTar } from "../../src/images/unpack/unpack-tar.ts";
import { parseObject } from "../../src/oci/manifest.ts";
import { listArchive, writeContext } from "../setup/build-files.ts";
import { collected, makeBuildMachine, makeDirectory } from "../setup/build-machine.ts";
import { streamOfBytes } from "../setup/image-stores.ts";

const dockerfile = `FROM scratch
COPY a /a
WORKDIR /work
COPY b /work/b
WORKDIR /work
ENV X=1
COPY --chown=5:6 a b /more/
CMD ["/a"]
`;
const files = { a: "first", b: "second" };
const epoch = new Map([["SOURCE_DATE_EPOCH", "1700000000"]]);

function contextIn(machine: { directory: string }, name: string, content: Record<string, string> = files) {
  return writeContext(join(makeDirectory(machine, "contexts"), name), content);
}

describe("an exported build", () => {
  test("is an image with a layer for each step that changed files, and history for all", async () => {
    await using machine = await makeBuildMachine();
    const { imageId } = await machine.build(dockerfile, contextIn(machine, "one"), {
      tags: ["app:1", "app:2"],
    });
    const image = await machine.images.find("app:1");
    expect(String(image.id)).toBe(imageId ?? "");
    expect(image.tags).toEqual(["app:1", "app:2"]);
    expect(image.config.history?.map(({ empty_layer }) => empty_layer === true)).toEqual([
      false,
      false,
      false,
      true,
      true,
      false,
      true,
    ]);
    expect(image.config.rootfs.diff_ids.length).toBe(4);
    expect(image.config.config?.Cmd).toEqual(["/a"]);
    // Unpacked already: the snapshots of the steps are the image's.
    expect(await machine.snapshots.stat(image.chainId ?? "")).toBeDefined();
    const saved = await machine.images.save(["app:1"]);
    expect((await listArchive(saved)).some((line) => line.startsWith("manifest.json"))).toBe(true);
  });

  test("packs the layers an image has, and none of a stage that is only copied from", async () => {
    await using machine = await makeBuildMachine();
    const stages = "FROM scratch AS made\nCOPY a /a\nCOPY b /b\nFROM scratch\nCOPY --from=made /a /only\n";
    await machine.build(stages, contextIn(machine, "one"), { tags: ["app"] });
    const { config } = await machine.images.find("app");
    const packed = (await machine.snapshots.list()).flatMap(({ diffId }) => diffId ?? []);
    expect(packed).toEqual([...config.rootfs.diff_ids]);
  });

  test("is the same image again while nothing changes, also after the image went", async () => {
    await using machine = await makeBuildMachine();
    const context = contextIn(machine, "one");
    const first = await machine.build(dockerfile, context, { tags: ["app"] });
    const again = await machine.build(dockerfile, contextIn(machine, "two"), { tags: ["app"] });
    expect(again.imageId).toBe(first.imageId);
    expect(again.steps.filter((step) => step.includes("COPY") && !step.endsWith("cached"))).toEqual([]);
    await machine.images.remove("app", { force: false, prune: true, usedBy: () => [] });
    expect(await machine.images.list()).toEqual([]);
    const third = await machine.build(dockerfile, contextIn(machine, "three"), { tags: ["app"] });
    expect(third.imageId).toBe(first.imageId);
  });

  test("has the same bytes on two machines with SOURCE_DATE_EPOCH", async () => {
    await using one = await makeBuildMachine();
    await using two = await makeBuildMachine();
    const ids: unknown[] = [];
    const archives: Uint8Array[] = [];
    for (const machine of [one, two]) {
      const to = collected();
      const context = contextIn(machine, "one");
      // Newer than the epoch, and not the same on both.
      writeFileSync(join(context, "a"), files.a);
      const outputs = [
        { kind: "image", push: false },
        { kind: "oci", open: to.open },
      ] as const;
      const { imageId } = await machine.build(dockerfile, context, {
        buildArgs: epoch,
        outputs,
        tags: ["app"],
      });
      ids.push(imageId);
      archives.push(to.bytes());
      await Bun.sleep(20);
    }
    expect(ids[1]).toBe(ids[0]);
    expect(Buffer.compare(archives[0] ?? new Uint8Array(), archives[1] ?? new Uint8Array())).toBe(0);
    const { created, history } = (await one.images.find("app")).config;
    expect([created, ...(history ?? []).map((entry) => entry.created)]).toEqual(
      Array(8).fill("2023-11-14T22:13:20Z"),
    );
  });

  test("squashed is one layer with the whole history", async () => {
    await using machine = await makeBuildMachine();
    await machine.build("FROM scratch\nCOPY a /old\nCOPY a /kept\n", contextIn(machine, "base"), {
      tags: ["base"],
    });
    const text = "FROM base\nCOPY a /x\nCOPY b /kept\nCOPY b /x\nENV A=1\n";
    await machine.build(text, contextIn(machine, "two"), { tags: ["flat"], squash: true });
    const image = await machine.images.find("flat");
    expect(image.config.rootfs.diff_ids.length).toBe(3);
    const history = image.config.history ?? [];
    expect(history.length).toBe(7);
    expect(history.map(({ empty_layer }) => empty_layer === true)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(history.at(-1)?.comment).toStartWith("merge ");
    const to = collected();
    await machine.build(text, contextIn(machine, "three"), { outputs: [{ kind: "tar", open: to.open }] });
    expect((await listArchive(streamOfBytes(to.bytes()))).map((line) => line.split(" ")[0])).toEqual([
      "kept",
      "old",
      "x",
    ]);
  });

  test("for several platforms is an index in an archive, and this machine's image in the store", async () => {
    await using machine = await makeBuildMachine();
    const to = collected();
    const platforms = [
      { os: "linux", architecture: "s390x" },
      { os: "linux", architecture: process.arch === "x64" ? "amd64" : "arm64" },
    ];
    const outputs = [
      { kind: "image", push: false },
      { kind: "oci", open: to.open },
    ] as const;
    const { metadata, said } = await machine.build(
      "FROM scratch\nARG TARGETARCH\nCOPY a /$TARGETARCH\n",
      contextIn(machine, "one"),
      {
        platforms,
        outputs,
        tags: ["several"],
      },
    );
    expect(said).toContain("for linux/s390x use an output of type oci or registry");
    expect((await machine.images.find("several")).config.architecture).toBe(platforms[1]?.architecture ?? "");
    const names = await listArchive(streamOfBytes(to.bytes()));
    expect(
      names.some((line) =>
        line.startsWith(`blobs/${String(metadata["containerimage.digest"]).replace(":", "/")} file`),
      ),
    ).toBe(true);
    expect(names.some((line) => line.startsWith("manifest.json"))).toBe(false);
    expect(
      machine.build("FROM scratch\nCOPY a /\n", contextIn(machine, "two"), {
        platforms,
        outputs: [{ kind: "docker", open: collected().open }],
      }),
    ).rejects.toThrow("manifest lists");
  });

  test("goes on as the base of another, as an OCI layout in a directory", async () => {
    await using machine = await makeBuildMachine();
    const to = collected();
    const outputs = [{ kind: "oci", open: to.open }] as const;
    await machine.build("FROM scratch\nCOPY a /base\nENV A=1\n", contextIn(machine, "one"), {
      outputs,
      tags: ["x:v1"],
    });
    const path = makeDirectory(machine, "layout");
    await unpackTar(streamOfBytes(to.bytes()), path, { whiteouts: "none" });
    const layout = (reference: string) => ({
      namedContexts: new Map([["base", { kind: "layout", path, reference } as const]]),
      tags: ["on-layout"],
    });
    await machine.build("FROM base\nCOPY b /b\n", contextIn(machine, "two"), layout("v1"));
    const image = await machine.images.find("on-layout");
    expect(image.config.rootfs.diff_ids.length).toBe(2);
    expect(image.config.config?.Env).toContain("A=1");
    expect((await machine.images.list()).flatMap(({ tags }) => tags)).toEqual(["on-layout:latest"]);
    expect(machine.build("FROM base\n", undefined, layout(`x@sha256:${"0".repeat(64)}`))).rejects.toThrow(
      "has no image",
    );
  });

  test("stands on a directory that the client sent", async () => {
    await using machine = await makeBuildMachine();
    const base = contextIn(machine, "base", { "etc/x": "1", y: "2" });
    const named = { namedContexts: new Map([["base", { kind: "directory", path: base } as const]]) };
    await machine.build("FROM base\nCOPY a /etc/a\n", contextIn(machine, "two"), {
      ...named,
      tags: ["on-files"],
    });
    const image = await machine.images.find("on-files");
    expect(image.config.rootfs.diff_ids.length).toBe(2);
    expect(image.config.history?.length).toBe(2);
  });

  test("leaves no blob behind when it was not for the store", async () => {
    await using machine = await makeBuildMachine();
    const to = collected();
    await machine.build(dockerfile, contextIn(machine, "one"), {
      outputs: [{ kind: "docker", open: to.open }],
    });
    expect(await machine.images.list()).toEqual([]);
    expect(await Array.fromAsync(machine.content.list())).toEqual([]);
    const loaded = await machine.images.load(streamOfBytes(to.bytes()), {});
    expect(loaded.length).toBe(1);
    expect(parseObject(loaded[0]?.image.rawConfig ?? new Uint8Array(), "config").os).toBe("linux");
  });
});
