import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeImage, makeImageStore } from "../setup/image-stores.ts";

const nobody = { force: false, prune: true, usedBy: () => [] };
const containerId = "c0ffee".repeat(10);
const usedBy = (running: boolean) => () => [{ id: containerId, name: "web", running }];
const short = (id: string) => id.replace("sha256:", "").slice(0, 12);

test("the last name takes the image, its layers and blobs with it", async () => {
  await using setting = makeImageStore();
  const { images } = setting;
  const image = await makeImage(images, "one");
  await images.tag(image.id, "one");
  await images.tag(image.id, "one:two");
  expect(await images.remove("one", nobody)).toEqual([{ untagged: "one:latest" }]);
  expect(await images.remove("one:two", nobody)).toEqual([
    { untagged: "one:two" },
    { deleted: image.id },
    { deleted: image.chainId ?? "" },
  ]);
  expect(setting.left()).toEqual({ blobs: [], partial: [], snapshots: [] });
  expect(images.remove("one:two", nobody)).rejects.toThrow("No such image: one:two");
});

test("layers go topmost first, and those that others use stay", async () => {
  await using setting = makeImageStore();
  const { images, snapshots } = setting;
  const base = await makeImage(images, "base");
  await images.tag(base.id, "base");
  const top = await makeImage(images, "top", base);
  await images.tag(top.id, "top");
  expect(await images.remove("top", nobody)).toEqual([
    { untagged: "top:latest" },
    { deleted: top.id },
    { deleted: top.chainId ?? "" },
  ]);
  expect((await snapshots.list()).map(({ name }) => name)).toEqual([base.chainId ?? ""]);
});

test("the last name of an image with children goes, the image stays for them", async () => {
  await using setting = makeImageStore();
  const { images } = setting;
  const base = await makeImage(images, "base");
  await images.tag(base.id, "base");
  const top = await makeImage(images, "top", base);
  expect(await images.remove("base", nobody)).toEqual([{ untagged: "base:latest" }]);
  expect((await images.get(base.id))?.tags).toEqual([]);
  expect((await images.remove(top.id, nobody)).map(({ deleted }) => deleted)).toContain(base.id);
});

test("untagged parents go with their last child, unless prune is off", async () => {
  await using setting = makeImageStore();
  const { images } = setting;
  const base = await makeImage(images, "base");
  const top = await makeImage(images, "top", base);
  expect(images.remove(base.id, nobody)).rejects.toThrow(
    `conflict: unable to delete ${short(base.id)} (cannot be forced) - image has dependent child images`,
  );
  expect(await images.remove(top.id, { ...nobody, prune: false })).toEqual([
    { deleted: top.id },
    { deleted: top.chainId ?? "" },
  ]);
  const again = await makeImage(images, "top", base);
  expect(await images.remove(again.id, nobody)).toEqual([
    { deleted: again.id },
    { deleted: again.chainId ?? "" },
    { deleted: base.id },
    { deleted: base.chainId ?? "" },
  ]);
});

test("refusals speak Docker's words", async () => {
  await using setting = makeImageStore();
  const { images } = setting;
  const image = await makeImage(images, "one");
  const id = short(image.id);
  await images.tag(image.id, "one");
  const remove = (asked: string, running: boolean, force = false) =>
    images.remove(asked, { force, prune: true, usedBy: usedBy(running) });
  expect(remove("one", false)).rejects.toThrow(
    `conflict: unable to remove repository reference "one" (must force) - container ${containerId.slice(0, 12)} is using its referenced image ${id}`,
  );
  expect(remove(image.id, false)).rejects.toThrow(
    `conflict: unable to delete ${id} (must be forced) - image is being used by stopped container ${containerId.slice(0, 12)}`,
  );
  expect(remove(image.id, true, true)).rejects.toThrow(
    `conflict: unable to delete ${id} (cannot be forced) - image is being used by running container ${containerId.slice(0, 12)}`,
  );
  await images.tag(image.id, "two");
  expect(images.remove(image.id, nobody)).rejects.toThrow(
    `conflict: unable to delete ${id} (must be forced) - image is referenced in multiple repositories`,
  );
  expect((await images.list()).length).toBe(1);
});

test("force removes names and image by id, and a name from under a running container", async () => {
  await using setting = makeImageStore();
  const { images } = setting;
  const image = await makeImage(images, "one");
  await images.tag(image.id, "one");
  expect(await images.remove("one", { force: true, prune: true, usedBy: usedBy(true) })).toEqual([
    { untagged: "one:latest" },
  ]);
  await images.tag(image.id, "a");
  await images.tag(image.id, "b");
  expect(await images.remove(image.id, { ...nobody, force: true })).toEqual([
    { untagged: "a:latest" },
    { untagged: "b:latest" },
    { deleted: image.id },
    { deleted: image.chainId ?? "" },
  ]);
});

test("names win over ids, ambiguous and unknown names are told apart", async () => {
  await using setting = makeImageStore();
  const { images } = setting;
  const first = await makeImage(images, "first");
  const second = await makeImage(images, "second");
  const hex = second.id.slice(7, 19);
  await images.tag(first.id, hex);
  expect((await images.find(hex)).id).toBe(first.id);
  expect((await images.find(`docker.io/library/${hex}:latest`)).id).toBe(first.id);
  expect(images.find("UPPER")).rejects.toThrow("must be lowercase");
  expect(images.find("x@y")).rejects.toThrow("invalid reference format");
  expect(images.find(`sha256:${"0".repeat(64)}`)).rejects.toThrow(`No such image: sha256:${"0".repeat(64)}`);
  expect(images.find(first.id, { os: "linux", architecture: "s390x" })).rejects.toThrow(
    "does not provide the specified platform (linux/s390x)",
  );
});

test("usage counts shared layers once", async () => {
  await using setting = makeImageStore();
  const { images } = setting;
  const base = await makeImage(images, "base");
  const [a, b] = [await makeImage(images, "aa", base), await makeImage(images, "bbb", base)];
  const usage = await images.usage();
  expect(usage.images.get(a.id)?.unpacked).toEqual({ shared: 8, unique: 4 });
  expect(usage.images.get(b.id)?.unpacked).toEqual({ shared: 8, unique: 6 });
  const blobs = readdirSync(join(setting.directory, "content/blobs/sha256"), { withFileTypes: true });
  const packed = blobs.map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
  expect(usage.stored).toBe(8 + 4 + 6 + packed.reduce((sum, size) => sum + size, 0));
  const unique = [base, a, b].map(({ id }) => usage.images.get(id)?.stored.unique ?? 0);
  const shared = usage.images.get(base.id)?.stored.shared ?? 0;
  expect(unique.reduce((sum, size) => sum + size, shared)).toBe(usage.stored);
  expect(await images.layerSizes(b)).toEqual([8, 6]);
  expect(b.size).toBe(14);
});

test("a restarted store knows its images and collects only what nobody uses", async () => {
  await using setting = makeImageStore();
  const image = await makeImage(setting.images, "one");
  await setting.images.tag(image.id, "one");
  await setting.content.put(Buffer.from("nobody's"));
  await setting.snapshots.prepare("k");
  await setting.snapshots.commit("k", `sha256:${"1".repeat(64)}`);
  const again = setting.again();
  await again.images.collectGarbage();
  expect(await again.images.find("one")).toEqual(await setting.images.find("one"));
  expect(setting.left().blobs.length).toBe(3);
  expect(setting.left().snapshots.length).toBe(1);
});
