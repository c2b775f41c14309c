import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OverlaySnapshotter, openOverlaySnapshotter } from "../../src/snapshots/overlay-snapshotter.ts";
import { readMounts } from "../../src/sys/mountinfo.ts";
import { mount, mountAll, unmount } from "../../src/sys/mounts.ts";
import { snapshotterContract } from "../contracts/snapshotter.ts";

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
