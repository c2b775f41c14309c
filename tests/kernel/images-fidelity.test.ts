import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diffOfSnapshot, exportLayer } from "../../src/images/export/export-layer.ts";
import { exportTree } from "../../src/images/export/export-tree.ts";
import { unpackTar } from "../../src/images/unpack/unpack-tar.ts";
import { hostPlatform } from "../../src/oci/platform.ts";
import { getXattr } from "../../src/sys/xattr.ts";
import { bytesOf, inImage, makeImageStore, streamOfBytes, tar } from "../setup/image-stores.ts";
import { capability, fillOddTree } from "../setup/odd-tree.ts";

let base = "";
let tree = "";

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "hull-fidelity-"));
  tree = join(base, "tree");
  fillOddTree(tree);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function snapshotOf(root: string, subSecond = true): Promise<Uint8Array> {
  return bytesOf(exportTree(root, { subSecond }));
}

function gnuTar(...options: string[]): void {
  const result = Bun.spawnSync(["tar", ...options], { stderr: "pipe" });
  if (result.exitCode !== 0) throw new Error(`tar ${options.join(" ")}: ${result.stderr}`);
}

async function unpackFile(archive: string, to: string): Promise<void> {
  mkdirSync(to);
  const options = { whiteouts: "none", rootAttributes: true } as const;
  await unpackTar(Bun.file(archive).stream(), to, options);
}

const xattrOptions = ["--xattrs", "--xattrs-include=*"];

test.each([
  ["PAX", ["--format=posix", ...xattrOptions]],
  ["PAX with sparse 1.0", ["--format=posix", "--sparse", "--sparse-version=1.0", ...xattrOptions]],
  ["PAX with sparse 0.1", ["--format=posix", "--sparse", "--sparse-version=0.1", ...xattrOptions]],
  ["PAX with sparse 0.0", ["--format=posix", "--sparse", "--sparse-version=0.0", ...xattrOptions]],
])("what GNU tar writes as %s unpacks to the same tree", async (name, options) => {
  const archive = join(base, "a.tar");
  const out = join(base, `out ${name}`);
  gnuTar("-C", tree, ...options, "-cf", archive, ".");
  await unpackFile(archive, out);
  expect(Buffer.compare(await snapshotOf(out), await snapshotOf(tree))).toBe(0);
  expect(lstatSync(join(out, "sparse")).blocks).toBeLessThan(4000);
});

test.each([
  ["GNU", ["--format=gnu"]],
  ["GNU with sparse files", ["--format=gnu", "--sparse"]],
])("what GNU tar writes as %s unpacks as GNU tar unpacks it", async (name, options) => {
  const archive = join(base, "b.tar");
  const [ours, theirs] = [join(base, `ours ${name}`), join(base, `theirs ${name}`)];
  gnuTar("-C", tree, ...options, "-cf", archive, ".");
  mkdirSync(theirs);
  gnuTar("-C", theirs, "-xpf", archive);
  await unpackFile(archive, ours);
  expect(Buffer.compare(await snapshotOf(ours), await snapshotOf(theirs))).toBe(0);
});

test("what exportTree writes, GNU tar and we unpack to the same tree", async () => {
  const archive = join(base, "c.tar");
  await Bun.write(archive, new Uint8Array(await snapshotOf(tree)));
  const [ours, theirs] = [join(base, "ours"), join(base, "theirs")];
  mkdirSync(theirs);
  gnuTar("-C", theirs, ...xattrOptions, "-xpf", archive);
  chmodSync(theirs, lstatSync(tree).mode & 0o7777);
  await unpackFile(archive, ours);
  for (const out of [ours, theirs])
    expect(Buffer.compare(await snapshotOf(out), await snapshotOf(tree))).toBe(0);
  expect(getXattr(join(ours, "hard"), "security.capability")).toEqual(new Uint8Array(capability));
  expect(lstatSync(join(ours, "cap")).ino).toBe(lstatSync(join(ours, "hard")).ino);
});

test("exportTree takes one file or directory under a name of choice", async () => {
  const names = async (options: { path: string; name?: string }) => {
    const out = join(base, "names.tar");
    await Bun.write(out, new Uint8Array(await bytesOf(exportTree(tree, options))));
    return Bun.spawnSync(["tar", "-tf", out]).stdout.toString().trim().split("\n");
  };
  expect(await names({ path: "/suid", name: "renamed" })).toEqual(["renamed"]);
  expect(await names({ path: "soft" })).toEqual(["soft"]);
  const [top, below] = await names({ path: "d".repeat(120), name: "x" });
  expect([top, below]).toEqual(["x/", `x/${"e".repeat(120)}/`]);
  expect(names({ path: "missing/x" })).rejects.toThrow("ENOENT");
});

test("a commit of everything gives back everything, and then there is no difference", async () => {
  await using setting = makeImageStore();
  const layer = tar(
    { path: "keep/", type: "directory", mode: 0o750, uid: 9 },
    { path: "keep/a", content: "a" },
    { path: "gone/", type: "directory" },
    { path: "gone/b", content: "b" },
    { path: "replaced/", type: "directory" },
    { path: "replaced/c", content: "c" },
  );
  const platform = hostPlatform();
  const history = { created_by: "test" };
  const parent = await setting.images.create({
    layer: streamOfBytes(layer),
    runConfig: {},
    platform,
    history,
  });
  await inImage(setting, parent, async (root, key) => {
    rmSync(join(root, "gone"), { recursive: true });
    rmSync(join(root, "replaced"), { recursive: true });
    mkdirSync(join(root, "replaced"));
    writeFileSync(join(root, "replaced/d"), "d");
    fillOddTree(join(root, "new"));
    writeFileSync(join(root, "keep/z"), "z");
    const lines = (await diffOfSnapshot(setting.snapshots, key)).map(({ path, kind }) => `${kind} ${path}`);
    expect(lines.filter((line) => !line.includes("/new/"))).toEqual([
      "deleted /gone",
      "modified /keep",
      "added /keep/z",
      "added /new",
      "modified /replaced",
      "deleted /replaced/c",
      "added /replaced/d",
    ]);
    const created = await setting.images.create({
      parent: parent.id,
      layer: exportLayer(setting.snapshots, key),
      runConfig: {},
      platform,
      history,
    });
    const before = await snapshotOf(root, false);
    const view = `view-${key}`;
    const { mountAll, unmount } = await import("../../src/sys/mounts.ts");
    unmount(setting.mountpoint);
    mountAll(await setting.snapshots.prepare(view, created.chainId), setting.mountpoint);
    expect(Buffer.compare(await snapshotOf(root, false), before)).toBe(0);
    expect(await diffOfSnapshot(setting.snapshots, view)).toEqual([]);
    unmount(setting.mountpoint);
    await setting.snapshots.remove(view);
  });
});

test("mount points an engine makes are no change while they are empty", async () => {
  await using setting = makeImageStore();
  const layer = tar({ path: "bin/", type: "directory" });
  const made = { layer: streamOfBytes(layer), runConfig: {}, platform: hostPlatform(), history: {} };
  const image = await setting.images.create(made);
  await inImage(setting, image, async (root, key) => {
    for (const path of ["dev/pts", "dev/shm", "proc", "sys", "etc"])
      mkdirSync(join(root, path), { recursive: true });
    for (const path of ["etc/hosts", "etc/resolv.conf", ".dockerenv"]) writeFileSync(join(root, path), "");
    expect(await diffOfSnapshot(setting.snapshots, key)).toEqual([]);
    writeFileSync(join(root, "etc/hosts"), "127.0.0.1 mine\n");
    mkdirSync(join(root, "data"));
    const changes = await diffOfSnapshot(setting.snapshots, key);
    expect(changes.map(({ path }) => path)).toEqual(["/data", "/etc", "/etc/hosts"]);
  });
});

test("a directory a layer does not describe keeps what the layers below say of it", async () => {
  await using setting = makeImageStore();
  const platform = hostPlatform();
  const first = tar({ path: "app/", type: "directory", mode: 0o2750, uid: 33, gid: 34 });
  const made = { runConfig: {}, platform, history: {} };
  const below = await setting.images.create({ ...made, layer: streamOfBytes(first) });
  const second = tar({ path: "app/new", content: "x" }, { path: "fresh/new", content: "x" });
  const image = await setting.images.create({ ...made, parent: below.id, layer: streamOfBytes(second) });
  await inImage(setting, image, (root) => {
    const { mode, uid, gid } = lstatSync(join(root, "app"));
    expect([mode & 0o7777, uid, gid]).toEqual([0o2750, 33, 34]);
    expect(lstatSync(join(root, "fresh")).mode & 0o7777).toBe(0o755);
  });
});

test("whiteouts of a layer hide what is below, and only that", async () => {
  await using setting = makeImageStore();
  const made = { runConfig: {}, platform: hostPlatform(), history: {} };
  const lower = tar(
    { path: "a/", type: "directory" },
    { path: "a/one", content: "1" },
    { path: "a/two", content: "2" },
    { path: "b/", type: "directory" },
    { path: "b/one", content: "1" },
    { path: "c/", type: "directory" },
    { path: "c/one", content: "1" },
  );
  const upper = tar(
    { path: "a/.wh.one" },
    { path: "b/.wh..wh..opq" },
    { path: "b/new", content: "n" },
    { path: ".wh.c" },
    { path: "c/", type: "directory" },
    { path: "c/new", content: "n" },
    { path: ".wh..wh.plnk" },
  );
  const base = await setting.images.create({ ...made, layer: streamOfBytes(lower) });
  const image = await setting.images.create({ ...made, parent: base.id, layer: streamOfBytes(upper) });
  await inImage(setting, image, (root) => {
    const list = (path: string) => new Bun.Glob("**").scanSync({ cwd: join(root, path), dot: true });
    expect([...list("a")].sort()).toEqual(["two"]);
    expect([...list("b")].sort()).toEqual(["new"]);
    expect([...list("c")].sort()).toEqual(["new"]);
    expect(readFileSync(join(root, "a/two"), "utf8")).toBe("2");
  });
});
