import { expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import type { PushProgress } from "../../src/images/push/push-options.ts";
import { Limiter } from "../../src/lib/limiter.ts";
import { sha256 } from "../../src/oci/digest.ts";
import { mediaTypes, parseManifest } from "../../src/oci/manifest.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { MemoryRegistry } from "../fakes/memory-repository.ts";
import { bytesOf, makeImage, makeImageStore, type StoreSetting } from "../setup/image-stores.ts";

async function push(
  setting: StoreSetting,
  registry: MemoryRegistry,
  name: string,
  { limit = 5, signal = new AbortController().signal } = {},
) {
  const { domain, path, tag = "latest" } = parseReference(name);
  const lines: PushProgress[] = [];
  const pushed = await setting.images.push(
    { reference: { domain, path, tag }, repository: registry.repository(path) },
    undefined,
    { uploads: new Limiter(() => limit), chunkSize: 0, onProgress: (line) => lines.push(line), signal },
  );
  const last = new Map(lines.map(({ id = "", status }) => [id, status]));
  return { pushed, lines, statuses: [...last.values()] };
}

async function twoLayers(setting: StoreSetting, name = "reg:5000/team/x:1") {
  const base = await makeImage(setting.images, "base");
  const top = await makeImage(setting.images, "top", base);
  await setting.images.tag(top.id, name);
  return { base, top };
}

test("layers made here go compressed, once, and take the place of the plain ones in every image", async () => {
  await using setting = makeImageStore();
  const registry = new MemoryRegistry();
  const { base, top } = await twoLayers(setting);
  const { pushed, statuses } = await push(setting, registry, "reg:5000/team/x:1");
  expect(statuses).toEqual(["Pushed", "Pushed"]);

  const repository = registry.repository("team/x");
  const { raw } = await repository.manifest("1");
  const parsed = parseManifest(raw, mediaTypes.ociManifest);
  if (parsed.kind !== "manifest") throw new Error("not a manifest");
  const { config, layers } = parsed.manifest;
  expect(sha256(raw)).toBe(pushed.digest);
  expect(config.digest).toBe(top.id);
  expect(layers.map(({ mediaType }) => mediaType)).toEqual([
    mediaTypes.ociLayerGzip,
    mediaTypes.ociLayerGzip,
  ]);
  for (const [index, { digest }] of layers.entries())
    expect(sha256(gunzipSync(repository.blobs.get(digest) ?? ""))).toBe(
      top.config.rootfs.diff_ids[index] ?? digest,
    );

  const now = await setting.images.get(top.id);
  expect(now?.manifest.digest).toBe(pushed.digest);
  expect(now?.repoDigests).toEqual([`reg:5000/team/x@${pushed.digest}`]);
  expect((await setting.images.get(base.id))?.layers).toEqual([layers[0]].flatMap((layer) => layer ?? []));
  // Nothing plain is left, nothing half-made either: two manifests, two configurations, two layers.
  expect(setting.left().blobs.length).toBe(6);
  expect(setting.left().partial).toEqual([]);
  await bytesOf(await setting.images.save(["reg:5000/team/x:1"]));
});

test("a second push sends nothing; to another repository of the registry it mounts", async () => {
  await using setting = makeImageStore();
  const registry = new MemoryRegistry();
  const { top } = await twoLayers(setting);
  const first = await push(setting, registry, "reg:5000/team/x:1");
  const again = await push(setting, registry, "reg:5000/team/x:1");
  expect(again.statuses).toEqual(["Layer already exists", "Layer already exists"]);
  expect(again.pushed).toEqual(first.pushed);

  registry.done.length = 0;
  await setting.images.tag(top.id, "reg:5000/other:2");
  const other = await push(setting, registry, "reg:5000/other:2");
  expect(other.statuses).toEqual(["Mounted from team/x", "Mounted from team/x"]);
  expect(other.pushed).toEqual(first.pushed);
  expect(registry.done.filter((line) => line === "upload other").length).toBe(1); // the configuration

  const elsewhere = new MemoryRegistry();
  await setting.images.tag(top.id, "hub:5000/other:2");
  expect((await push(setting, elsewhere, "hub:5000/other:2")).statuses).toEqual(["Pushed", "Pushed"]);
  expect(elsewhere.done.filter((line) => line.startsWith("mount"))).toEqual([]);
});

test("a mount the registry refuses ends in an upload", async () => {
  await using setting = makeImageStore();
  const { top } = await twoLayers(setting);
  const registry = new MemoryRegistry();
  await push(setting, registry, "reg:5000/team/x:1");
  registry.repositories.delete("team/x");
  await setting.images.tag(top.id, "reg:5000/other:2");
  expect((await push(setting, registry, "reg:5000/other:2")).statuses).toEqual(["Pushed", "Pushed"]);
});

test("what a registry has by digest goes byte for byte, plain layers too", async () => {
  await using setting = makeImageStore();
  const registry = new MemoryRegistry();
  const { top } = await twoLayers(setting);
  setting.table.setReference({ name: `reg:5000/team/x@${top.manifest.digest}`, image: top.id });
  const { pushed } = await push(setting, registry, "reg:5000/team/x:1");
  expect(pushed.digest).toBe(top.manifest.digest);
  expect([...registry.repository("team/x").blobs.keys()].sort()).toEqual(
    [top.id, ...top.layers.map(({ digest }) => digest)].sort(),
  );
});

test("so many uploads at a time as the setting says", async () => {
  await using setting = makeImageStore();
  const registry = new MemoryRegistry();
  let image = await makeImage(setting.images, "l0");
  for (let layer = 1; layer < 6; layer++) image = await makeImage(setting.images, `l${layer}`, image);
  await setting.images.tag(image.id, "reg:5000/x:1");
  const repository = registry.repository("x");
  repository.beforeUpload = () => Bun.sleep(5);
  const { lines } = await push(setting, registry, "reg:5000/x:1", { limit: 2 });
  expect(repository.mostRunning).toBe(2);
  expect(lines.filter(({ status }) => status === "Waiting").length).toBe(4);
});

test("the first failure ends the push; nothing is noted as pushed", async () => {
  await using setting = makeImageStore();
  const registry = new MemoryRegistry();
  const { top } = await twoLayers(setting);
  const repository = registry.repository("team/x");
  let calls = 0;
  repository.beforeUpload = async (_, signal) => {
    if (++calls === 1) throw new Error("the disk of the registry is full");
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve());
    if (signal.aborted) resolve();
    await promise;
  };
  await expect(push(setting, registry, "reg:5000/team/x:1")).rejects.toThrow(
    "the disk of the registry is full",
  );
  expect(repository.manifests.size).toBe(0);
  expect((await setting.images.get(top.id))?.repoDigests).toEqual([]);
});

test("leaving ends it in the middle", async () => {
  await using setting = makeImageStore();
  const registry = new MemoryRegistry();
  await twoLayers(setting);
  const gone = new AbortController();
  registry.repository("team/x").beforeUpload = async () => gone.abort();
  const work = push(setting, registry, "reg:5000/team/x:1", { signal: gone.signal });
  await expect(work).rejects.toThrow();
  expect(registry.repository("team/x").manifests.size).toBe(0);
});

test("a tag that is not there", async () => {
  await using setting = makeImageStore();
  await expect(push(setting, new MemoryRegistry(), "reg:5000/x:9")).rejects.toThrow(
    "tag does not exist: reg:5000/x:9",
  );
});

test("of a name with tag and digest the digest counts", async () => {
  await using setting = makeImageStore();
  const { top } = await twoLayers(setting);
  const { pushed } = await push(setting, new MemoryRegistry(), "reg:5000/team/x:1");
  const digest = pushed.digest;
  expect((await setting.images.find(`reg:5000/team/x:1@${digest}`)).id).toBe(top.id);
  expect((await setting.images.find(`reg:5000/team/x:gone@${digest}`)).id).toBe(top.id);
  await expect(setting.images.find(`reg:5000/team/x:1@${sha256("other")}`)).rejects.toThrow("No such image");
  const asked = { force: false, prune: true, usedBy: () => [] };
  expect(await setting.images.remove(`reg:5000/team/x:1@${digest}`, asked)).toEqual([
    { untagged: `reg:5000/team/x@${digest}` },
  ]);
  expect((await setting.images.find("reg:5000/team/x:1")).repoDigests).toEqual([]);
});

test("an image that is removed while it is being pushed is not called damaged", async () => {
  await using setting = makeImageStore();
  const registry = new MemoryRegistry();
  const { top } = await twoLayers(setting);
  const repository = registry.repository("team/x");
  const hasBlob = repository.hasBlob.bind(repository);
  repository.hasBlob = async (...asked) => {
    await setting.images.remove(top.id, { force: true, prune: true, usedBy: () => [] });
    return await hasBlob(...asked);
  };
  await expect(push(setting, registry, "reg:5000/team/x:1")).rejects.toThrow(
    "tag does not exist: reg:5000/team/x:1",
  );
});

test("images that share layers, pushed at the same time, are all whole afterwards", async () => {
  await using setting = makeImageStore();
  const registry = new MemoryRegistry();
  const base = await makeImage(setting.images, "base");
  const middle = await makeImage(setting.images, "middle", base);
  const names: string[] = [];
  for (let image = 0; image < 6; image++) {
    const top = await makeImage(setting.images, `top${image}`, image % 2 ? middle : base);
    await setting.images.tag(top.id, `reg:5000/shared${image}:1`);
    names.push(`reg:5000/shared${image}:1`);
  }
  await Promise.all(names.map((name) => push(setting, registry, name)));
  for (const image of await setting.images.list()) {
    for (const { digest, mediaType } of image.layers) {
      expect(sha256(await setting.content.read(digest))).toBe(digest);
      expect(mediaType).toBe(mediaTypes.ociLayerGzip);
    }
  }
  for (const name of names) await setting.images.remove(name, { force: true, prune: true, usedBy: () => [] });
  expect(setting.left().blobs).toEqual([]);
  expect(setting.left().snapshots).toEqual([]);
});
