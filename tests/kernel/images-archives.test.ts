import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { sha256 } from "../../src/oci/digest.ts";
import { mediaTypes } from "../../src/oci/manifest.ts";
import { bytesOf, inImage, makeImage, makeImageStore, streamOfBytes, tar } from "../setup/image-stores.ts";

const layerTar = tar({ path: "hello", content: "from the layer" });

interface Made {
  readonly layer: Uint8Array;
  readonly config: Buffer;
}

function made(layer: Uint8Array = layerTar, plain: Uint8Array = layerTar): Made {
  const config = Buffer.from(
    JSON.stringify({
      os: "linux",
      architecture: "amd64",
      config: { Cmd: ["hello"] },
      rootfs: { type: "layers", diff_ids: [sha256(plain)] },
    }),
  );
  return { layer, config };
}

const json = (path: string, value: unknown) => ({ path, content: JSON.stringify(value) });

function dockerArchive({ layer, config }: Made, tags: string[] | null = ["test:1"]): Uint8Array {
  const name = sha256(config).slice(7);
  return tar(
    { path: "aaa/", type: "directory" },
    { path: "aaa/layer.tar", content: layer },
    { path: "bbb/layer.tar", type: "symlink", linkTarget: "../aaa/layer.tar" },
    { path: `${name}.json`, content: config },
    json("manifest.json", [{ Config: `${name}.json`, RepoTags: tags, Layers: ["bbb/layer.tar"] }]),
  );
}

function layout({ layer, config }: Made, change: { layerSize?: number; depth?: number; name?: string } = {}) {
  const blob = (content: Uint8Array | string) => ({
    path: `blobs/sha256/${sha256(content).slice(7)}`,
    content,
  });
  const descriptor = (mediaType: string, content: Uint8Array | string) => ({
    mediaType,
    digest: sha256(content),
    size: content.length,
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: descriptor(mediaTypes.ociConfig, config),
    layers: [
      { ...descriptor(mediaTypes.ociLayer, layer), ...(change.layerSize && { size: change.layerSize }) },
    ],
    annotations: { kept: "to the byte" },
  });
  const blobs = [blob(layer), blob(config), blob(manifest)];
  let top: object = {
    ...descriptor(mediaTypes.ociManifest, manifest),
    platform: { os: "linux", architecture: "amd64" },
  };
  for (let depth = change.depth ?? 0; depth > 0; depth--) {
    const index = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [top] });
    blobs.push(blob(index));
    top = descriptor(mediaTypes.ociIndex, index);
  }
  const annotations = { "org.opencontainers.image.ref.name": change.name ?? "test:1" };
  const entries = [
    json("oci-layout", { imageLayoutVersion: "1.0.0" }),
    json("index.json", { schemaVersion: 2, manifests: [{ ...top, annotations }] }),
    ...blobs,
  ];
  return { archive: tar(...entries), reversed: tar(...entries.toReversed()), manifest };
}

test.each([
  ["docker-archive", () => dockerArchive(made())],
  ["docker-archive with gzip layers", () => dockerArchive(made(gzipSync(layerTar)))],
  ["docker-archive with zstd layers", () => dockerArchive(made(zstdCompressSync(layerTar)))],
  ["docker-archive, all gzip", () => gzipSync(dockerArchive(made()))],
  ["docker-archive, all zstd", () => zstdCompressSync(dockerArchive(made()))],
  ["OCI layout", () => layout(made()).archive],
  ["OCI layout, blobs first", () => layout(made()).reversed],
  ["OCI layout with gzip layers", () => layout(made(gzipSync(layerTar))).archive],
  ["OCI layout with nested indexes", () => layout(made(), { depth: 3 }).archive],
])("load() reads a %s", async (_, archive) => {
  await using setting = makeImageStore();
  const [loaded, ...more] = await setting.images.load(streamOfBytes(archive()));
  expect(more).toEqual([]);
  expect(loaded?.tags).toEqual(["test:1"]);
  expect(loaded?.image.id).toBe(sha256(made().config));
  expect(loaded?.image.config.config?.Cmd).toEqual(["hello"]);
  const image = await setting.images.find("test:1");
  expect(image.size).toBe("from the layer".length);
  await inImage(setting, image, (root) =>
    expect(readFileSync(join(root, "hello"), "utf8")).toBe("from the layer"),
  );
  expect(setting.left().partial).toEqual([]);
});

test("the bytes of a manifest stay exactly as they came", async () => {
  await using setting = makeImageStore();
  const { archive, manifest } = layout(made());
  const [loaded] = await setting.images.load(streamOfBytes(archive));
  expect(loaded?.image.manifest.digest).toBe(sha256(manifest));
  expect(Buffer.from(await setting.content.read(sha256(manifest))).toString()).toBe(manifest);
});

const other = tar({ path: "other", content: "x" });

test.each<[string, () => Uint8Array, string | RegExp]>([
  ["a diff-id that does not match", () => dockerArchive(made(layerTar, other)), "invalid diffID for layer"],
  [
    "a diff-id that does not match, gzip",
    () => dockerArchive(made(gzipSync(layerTar), other)),
    "invalid diffID for layer",
  ],
  ["a wrong layer size", () => layout(made(), { layerSize: 7 }).archive, "unexpected size"],
  ["indexes nested without end", () => layout(made(), { depth: 20 }).archive, "nested too deep"],
  [
    "an index that lists itself",
    () => {
      const digest = `sha256:${"a".repeat(64)}`;
      const itself = { mediaType: mediaTypes.ociIndex, digest, size: 0 };
      const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [itself] };
      return tar(json("index.json", index), json(`blobs/sha256/${"a".repeat(64)}`, index));
    },
    "unexpected digest",
  ],
  ["neither kind of list", () => tar({ path: "x", content: "y" }), "neither manifest.json nor index.json"],
  ["a manifest that is not JSON", () => tar({ path: "manifest.json", content: "{" }), "not JSON"],
  [
    "a missing layer",
    () => tar(json("manifest.json", [{ Config: "c", RepoTags: [], Layers: ["l"] }])),
    "missing",
  ],
  ["a cut archive", () => dockerArchive(made()).subarray(0, 3000), "unexpected EOF"],
  ["an invalid tag", () => dockerArchive(made(), ["UPPER:1"]), "must be lowercase"],
  [
    "a layer that escapes",
    () => {
      const evil = tar({ path: "../evil", content: "x" });
      return dockerArchive(made(evil, evil));
    },
    "is outside of its directory",
  ],
  [
    "more layers than diff-ids",
    () => {
      const { config, layer } = made();
      const manifest = [{ Config: "c.json", RepoTags: null, Layers: ["a", "b"] }];
      const blobs = [
        { path: "a", content: layer },
        { path: "b", content: layer },
      ];
      return tar({ path: "c.json", content: config }, ...blobs, json("manifest.json", manifest));
    },
    "layers length mismatch: expected 2, got 1",
  ],
  [
    "a blob that is not what its name says",
    () => {
      const wrong = { path: `blobs/sha256/${"0".repeat(64)}`, content: Buffer.alloc(2_000_000, "x") };
      return tar(wrong, json("index.json", { schemaVersion: 2, manifests: [] }));
    },
    "unexpected digest",
  ],
])("load() refuses %s and leaves nothing", async (_, archive, message) => {
  await using setting = makeImageStore();
  expect(setting.images.load(streamOfBytes(archive()))).rejects.toThrow(message);
  await setting.images.load(streamOfBytes(archive())).catch(() => {});
  expect(await setting.images.list()).toEqual([]);
  expect(setting.left()).toEqual({ blobs: [], partial: [], snapshots: [] });
});

test("a tag moves to what is loaded last, the old image stays without a name", async () => {
  await using setting = makeImageStore();
  const first = await makeImage(setting.images, "first");
  await setting.images.tag(first.id, "test:1");
  const progress: string[] = [];
  await setting.images.load(streamOfBytes(dockerArchive(made())), {
    onProgress: ({ status }) => progress.push(status),
  });
  expect((await setting.images.get(first.id))?.tags).toEqual([]);
  expect(progress.join("\n")).toContain(
    `The image test:1 already exists, renaming the old one with ID ${first.id} to empty string`,
  );
});

test("an image without tags is found by id alone", async () => {
  await using setting = makeImageStore();
  const [loaded] = await setting.images.load(streamOfBytes(dockerArchive(made(), null)));
  expect(loaded?.tags).toEqual([]);
  const id = loaded?.image.id ?? "";
  for (const asked of [id, id.slice(7), id.slice(7, 19), id.slice(0, 15)])
    expect((await setting.images.find(asked)).id as string).toBe(id);
  expect(setting.images.find("test:1")).rejects.toThrow("No such image: test:1");
});

test("save() gives the same bytes again and loads back to the same image", async () => {
  await using setting = makeImageStore();
  const base = await makeImage(setting.images, "base");
  const top = await makeImage(setting.images, "top", base);
  await setting.images.tag(base.id, "app:base");
  await setting.images.tag(top.id, "app:top");
  await setting.images.tag(top.id, "other:1");
  const saved = await bytesOf(await setting.images.save(["app"]));
  expect(sha256(await bytesOf(await setting.images.save(["app"])))).toBe(sha256(saved));
  await using second = makeImageStore();
  const loaded = await second.images.load(streamOfBytes(saved));
  expect(loaded.map(({ image, tags }) => [image.id, tags])).toEqual([
    [base.id, ["app:base"]],
    [top.id, ["app:top"]],
  ]);
  expect((await second.images.find("app:top")).manifest).toEqual(top.manifest);
  expect(setting.images.save(["nothing"])).rejects.toThrow("No such image: nothing");
});

test("a save that is given up holds on to nothing", async () => {
  await using setting = makeImageStore();
  const image = await makeImage(setting.images, "one");
  const reader = (await setting.images.save([image.id])).getReader();
  await reader.read();
  await reader.cancel();
  await setting.images.remove(image.id, { force: false, prune: true, usedBy: () => [] });
  expect(setting.left()).toEqual({ blobs: [], partial: [], snapshots: [] });
});

test("loads of the same archive at once end in one image", async () => {
  await using setting = makeImageStore();
  const loads = Array.from({ length: 5 }, () => setting.images.load(streamOfBytes(dockerArchive(made()))));
  const ids = (await Promise.all(loads)).map(([loaded]) => loaded?.image.id);
  expect(new Set(ids).size).toBe(1);
  expect((await setting.snapshots.list()).length).toBe(1);
});

/** A layout whose one entry is an index of images for several platforms, two of them inside another index. */
function multiPlatform(options: { leaveOut?: string } = {}) {
  const blobs: { path: string; content: Uint8Array | string }[] = [];
  const put = (mediaType: string, content: Uint8Array | string) => {
    blobs.push({ path: `blobs/sha256/${sha256(content).slice(7)}`, content });
    return { mediaType, digest: sha256(content), size: content.length };
  };
  const image = (architecture: string, variant?: string) => {
    const layer = tar({ path: "arch", content: `${architecture}${variant ?? ""}` });
    const platform = { os: "linux", architecture, ...(variant && { variant }) };
    const config = JSON.stringify({ ...platform, rootfs: { type: "layers", diff_ids: [sha256(layer)] } });
    const before = blobs.length;
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.dockerManifest,
      config: put(mediaTypes.dockerConfig, config),
      layers: [put(mediaTypes.dockerLayer, gzipSync(layer))],
    });
    const descriptor = { ...put(mediaTypes.dockerManifest, manifest), platform };
    if (options.leaveOut === architecture) blobs.length = before;
    return descriptor;
  };
  const list = (manifests: object[]) =>
    put(
      mediaTypes.dockerList,
      JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.dockerList, manifests }),
    );
  const arms = list([image("arm", "v6"), image("arm", "v7")]);
  const top = list([image("s390x"), arms, image("amd64"), image("arm64", "v8")]);
  return tar(
    json("oci-layout", { imageLayoutVersion: "1.0.0" }),
    json("index.json", {
      schemaVersion: 2,
      manifests: [{ ...top, annotations: { "io.containerd.image.name": "docker.io/library/multi:1" } }],
    }),
    ...blobs,
  );
}

test.each([
  [undefined, "amd64"],
  [{ os: "linux", architecture: "s390x" }, "s390x"],
  [{ os: "linux", architecture: "arm", variant: "v7" }, "armv7"],
  [{ os: "linux", architecture: "arm64" }, "arm64v8"],
])("load() of platform %j takes %s out of an index with an index inside", async (platform, content) => {
  await using setting = makeImageStore();
  const [loaded] = await setting.images.load(streamOfBytes(multiPlatform()), platform ? { platform } : {});
  expect(loaded?.tags).toEqual(["multi:1"]);
  if (!loaded) throw new Error("nothing was loaded");
  expect(loaded.image.manifest.mediaType).toBe(mediaTypes.dockerManifest);
  await inImage(setting, loaded.image, (root) =>
    expect(readFileSync(join(root, "arch"), "utf8")).toBe(content),
  );
});

test("load() of a platform that is named but not held says so", async () => {
  await using setting = makeImageStore();
  const load = (platform: { os: string; architecture: string }) =>
    setting.images.load(streamOfBytes(multiPlatform({ leaveOut: "s390x" })), { platform });
  await expect(load({ os: "linux", architecture: "s390x" })).rejects.toThrow(
    "no suitable image for platform linux/s390x",
  );
  await expect(load({ os: "linux", architecture: "ppc64le" })).rejects.toThrow(
    "no suitable image for platform linux/ppc64le",
  );
  await expect(
    setting.images.load(streamOfBytes(dockerArchive(made())), {
      platform: { os: "linux", architecture: "arm" },
    }),
  ).rejects.toThrow("no suitable image for platform linux/arm");
  expect((await load({ os: "linux", architecture: "amd64" })).length).toBe(1);
});

function compressedBy(program: string, bytes: Uint8Array): Uint8Array {
  const result = Bun.spawnSync([program, "-c"], { stdin: bytes });
  if (result.exitCode !== 0) throw new Error(result.stderr.toString());
  return result.stdout;
}

const missing = ["xz", "bzip2"].filter((program) => !Bun.which(program));

test.skipIf(missing.length > 0).each(["xz", "bzip2"])(
  "%s: archives, layers in archives and imports",
  async (program) => {
    await using setting = makeImageStore();
    const plain = await setting.images.load(streamOfBytes(dockerArchive(made())));
    const id = plain[0]?.image.id;
    const whole = await setting.images.load(streamOfBytes(compressedBy(program, dockerArchive(made()))));
    expect(whole[0]?.image.id).toBe(id ?? sha256(""));
    const inside = dockerArchive(made(compressedBy(program, layerTar)));
    const loaded = await setting.images.load(streamOfBytes(inside));
    expect(loaded[0]?.image.layers).toEqual(plain[0]?.image.layers ?? []);
    const imported = await setting.images.create({
      layer: streamOfBytes(compressedBy(program, layerTar)),
      runConfig: {},
      platform: { os: "linux", architecture: "amd64" },
      history: {},
    });
    expect(imported.layers).toEqual(plain[0]?.image.layers ?? []);
    const broken = dockerArchive(made()).slice();
    const cut = compressedBy(program, broken).subarray(0, 100);
    await expect(setting.images.load(streamOfBytes(cut))).rejects.toThrow("broken compressed data");
  },
);

test("load() looks into an index once, however often others name it", async () => {
  await using setting = makeImageStore();
  const blobs: { path: string; content: string }[] = [];
  let inner = { mediaType: mediaTypes.ociIndex as string, digest: sha256("no such blob"), size: 12 };
  for (let depth = 0; depth < 6; depth++) {
    // Each of them names the next one 500 times: followed every time, that is 500^6 visits.
    const manifests = Array.from({ length: 500 }, () => inner);
    const content = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
    blobs.push({ path: `blobs/sha256/${sha256(content).slice(7)}`, content });
    inner = { mediaType: mediaTypes.ociIndex, digest: sha256(content), size: content.length };
  }
  const archive = tar(json("index.json", { schemaVersion: 2, manifests: [inner] }), ...blobs);
  await expect(setting.images.load(streamOfBytes(archive))).rejects.toThrow("no suitable image for platform");
  expect(setting.left().blobs.length).toBeLessThan(8);
});
