import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OverlaySnapshotter, openOverlaySnapshotter } from "../../src/snapshots/overlay-snapshotter.ts";
import { readMounts } from "../../src/sys/mountinfo.ts";
import { mount, mountAll, unmount } from "../../src/sys/mounts.ts";
import { snapshotterContract } from "../contracts/snapshotter.ts";
import { until } from "../setup/until.ts";

function makeSetting() {
  const directory = mkdtempSync(join(tmpdir(), "hull-snapshots-"));
  const mountpoint = join(directory, "mnt");
  mkdirSync(mountpoint);
  const root = join(directory, "snapshots");
  return {
    directory,
    mountpoint,
    root,
    snapshots: openOverlaySnapshotter(root),
    again: () => openOverlaySnapshotter(root),
    [Symbol.asyncDispose]: async () => {
      while (unmount(mountpoint, { lazy: true }));
      expect(readMounts().filter((mounted) => mounted.mountpoint.startsWith(directory))).toEqual([]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

snapshotterContract("OverlaySnapshotter", async () => makeSetting());

async function stack(snapshots: OverlaySnapshotter, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await snapshots.prepare(`k${i}`, i > 0 ? `n${i - 1}` : undefined);
    writeFileSync(join(await snapshots.upper(`k${i}`), `f${i}`), "");
    await snapshots.commit(`k${i}`, `n${i}`);
  }
}

test("more layers than a page of mount options names are mounted all the same", async () => {
  await using setting = makeSetting();
  const { snapshots, mountpoint } = setting;
  await stack(snapshots, 400);
  for (const top of ["n150", "n399"]) {
    const mounts = await snapshots.prepare("c", top);
    expect((mounts[0]?.options.join(",") ?? "").length).toBeGreaterThan(4096);
    mountAll(mounts, mountpoint);
    expect(readdirSync(mountpoint).length).toBe(Number(top.slice(1)) + 1);
    writeFileSync(join(mountpoint, "new"), "");
    unmount(mountpoint);
    expect(readdirSync(await snapshots.upper("c"))).toEqual(["new"]);
    await snapshots.remove("c");
  }
});

test("a snapshot directory without its note is rubbish of a crash and goes", async () => {
  await using setting = makeSetting();
  await stack(setting.snapshots, 1);
  mkdirSync(join(setting.root, "77/fs/deep"), { recursive: true });
  mkdirSync(join(setting.root, "78"));
  writeFileSync(join(setting.root, "78/meta.json"), '{"name":');
  const again = setting.again();
  expect((await again.list()).map(({ name }) => name)).toEqual(["n0"]);
  expect((await again.repair(() => true)).sort()).toEqual(["directory 77", "directory 78"]);
  expect(readdirSync(setting.root)).toEqual(["1"]);
});

test("mount() binds read-only, and what fails leaves nothing mounted", async () => {
  await using setting = makeSetting();
  const source = join(setting.directory, "source");
  mkdirSync(source);
  mount({ type: "bind", source, options: ["ro", "nosuid"] }, setting.mountpoint);
  expect(() => writeFileSync(join(setting.mountpoint, "x"), "")).toThrow("EROFS");
  const info = readMounts().find((mounted) => mounted.mountpoint === setting.mountpoint);
  expect(info?.options).toContain("ro");
  expect(info?.options).toContain("nosuid");
  expect(unmount(setting.mountpoint)).toBe(true);
  expect(unmount(setting.mountpoint)).toBe(false);
  const broken = { type: "tmpfs", source: "tmpfs", options: ["no-such-option=1"] };
  const bind = { type: "bind", source, options: [] };
  expect(() => mountAll([bind, broken], setting.mountpoint)).toThrow("EINVAL");
  expect(readMounts().some((mounted) => mounted.mountpoint === setting.mountpoint)).toBe(false);
});

const noteOf = (root: string, number: number) =>
  JSON.parse(readFileSync(join(root, String(number), "meta.json"), "utf8")) as { boot?: string };

test("after a loss of power a layer counts only if it was on the disk, and what stands on it likewise", async () => {
  await using setting = makeSetting();
  const settled = openOverlaySnapshotter(setting.root, { settleAfterMs: 0 });
  await stack(settled, 1);
  await until("the first layer is on the disk", () => noteOf(setting.root, 1).boot === undefined);
  const snapshots = setting.again();
  for (const [key, name, parent] of [
    ["k1", "n1", "n0"],
    ["k2", "n2", "n1"],
  ] as const) {
    await snapshots.prepare(key, parent);
    await snapshots.commit(key, name);
  }
  await snapshots.prepare("container", "n2");
  const names = async (of: OverlaySnapshotter) => (await of.list()).map(({ name }) => name).sort();
  expect(await names(setting.again())).toEqual(["container", "n0", "n1", "n2"]);
  // As the next start of the machine finds it: n1 was on its way, n2 had arrived.
  const note = (number: number, boot?: string) =>
    writeFileSync(
      join(setting.root, `${number}/meta.json`),
      JSON.stringify({ ...noteOf(setting.root, number), boot }),
    );
  note(2, "another start");
  note(3);
  const after = setting.again();
  expect(await names(after)).toEqual(["container", "n0"]);
  expect((await after.repair(() => true)).sort()).toEqual(["directory 2", "directory 3"]);
  await after.prepare("k1", "n0");
  await after.commit("k1", "n1");
  await after.prepare("k2", "n1");
  await after.commit("k2", "n2");
  mountAll(await after.mounts("container"), setting.mountpoint);
  expect(readdirSync(setting.mountpoint)).toEqual(["f0"]);
});

const lsattr = Bun.which("lsattr");

test.skipIf(!lsattr)("on ext4 each snapshot may lie in a part of the disk of its own", async () => {
  await using setting = makeSetting();
  const kind = Bun.spawnSync(["stat", "-f", "-c", "%T", setting.root]).stdout.toString().trim();
  const flags =
    Bun.spawnSync([lsattr ?? "", "-d", setting.root])
      .stdout.toString()
      .split(" ")[0] ?? "";
  expect(flags.includes("T")).toBe(kind === "ext2/ext3");
});
