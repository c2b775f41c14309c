import { expect, test } from "bun:test";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { volumeDriverContract, volumeRecord } from "../../tests/contracts/volume-driver.ts";
import type { LocalMount } from "./local-options.ts";
import { LocalVolumeDriver } from "./local-volume-driver.ts";
import type { VolumeMounter } from "./volume-mounter.ts";

/** Keeps mounts in a list instead of the kernel. */
class RecordingMounter implements VolumeMounter {
  readonly calls: string[] = [];
  readonly mounted: string[] = [];

  async mount(what: LocalMount, target: string): Promise<void> {
    this.calls.push(`mount ${what.type} ${what.device} ${what.options.join(",")}`);
    this.mounted.push(target);
  }

  async unmount(target: string): Promise<boolean> {
    this.calls.push("unmount");
    const index = this.mounted.lastIndexOf(target);
    if (index >= 0) this.mounted.splice(index, 1);
    return index >= 0;
  }

  mountsBelow(directory: string): string[] {
    return this.mounted.filter((path) => path === directory || path.startsWith(`${directory}/`));
  }
}

function setting() {
  const root = mkdtempSync(join(tmpdir(), "hull-volumes-"));
  const mounter = new RecordingMounter();
  return {
    root,
    mounter,
    driver: new LocalVolumeDriver(root, mounter),
    again: () => new LocalVolumeDriver(root, mounter),
    async [Symbol.asyncDispose]() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

volumeDriverContract("LocalVolumeDriver", async () => setting());

const tmpfs = volumeRecord("fast", { type: "tmpfs", device: "tmpfs", o: "size=1m,uid=7" });

test("mount() mounts once for all users, and the last unmount() undoes it", async () => {
  await using room = setting();
  await room.driver.create(tmpfs);
  expect(room.mounter.calls).toEqual([]);
  await room.driver.mount(tmpfs, "one");
  await room.driver.mount(tmpfs, "two");
  await room.driver.unmount(tmpfs, "one");
  expect(room.mounter.calls).toEqual(["mount tmpfs tmpfs size=1m,uid=7"]);
  await room.driver.unmount(tmpfs, "two");
  expect(room.mounter.calls).toEqual(["mount tmpfs tmpfs size=1m,uid=7", "unmount"]);
});

test("a mount that somebody took away is made again for the next user", async () => {
  await using room = setting();
  await room.driver.create(tmpfs);
  await room.driver.mount(tmpfs, "one");
  room.mounter.mounted.length = 0;
  await room.driver.mount(tmpfs, "two");
  expect(room.mounter.mounted).toEqual([room.driver.mountpoint(tmpfs)]);
});

test("usage() counts a file with two names once, and links not at all beyond themselves", async () => {
  await using room = setting();
  const volume = volumeRecord("alpha");
  await room.driver.create(volume);
  const data = room.driver.mountpoint(volume);
  mkdirSync(join(data, "sub"));
  for (let index = 0; index < 300; index++) writeFileSync(join(data, "sub", `f${index}`), "12");
  linkSync(join(data, "sub/f0"), join(data, "twin"));
  symlinkSync("/dev", join(data, "link"));
  expect(await room.driver.usage(volume)).toBe(600 + "/dev".length);
});

test("reconcile() keeps the mount of a living user and drops the others", async () => {
  await using room = setting();
  const other = volumeRecord("other", tmpfs.options);
  for (const volume of [tmpfs, other]) {
    await room.driver.create(volume);
    await room.driver.mount(volume, "one");
  }
  const restarted = room.again();
  expect(await restarted.reconcile([tmpfs, other], new Map([["fast", ["one"]]]))).toEqual([
    'unmounted volume "other"',
  ]);
  expect(room.mounter.mounted).toEqual([room.driver.mountpoint(tmpfs)]);
  await restarted.mount(tmpfs, "two");
  expect(room.mounter.mounted).toHaveLength(1);
});

test("remove() refuses while something foreign is mounted inside", async () => {
  await using room = setting();
  const volume = volumeRecord("alpha");
  await room.driver.create(volume);
  writeFileSync(join(room.driver.mountpoint(volume), "kept"), "");
  room.mounter.mounted.push(join(room.driver.mountpoint(volume), "inner"));
  await expect(room.driver.remove(volume)).rejects.toThrow("something is mounted on");
  expect(readdirSync(room.driver.mountpoint(volume))).toEqual(["kept"]);
});

test("remove() deletes symbolic links, not what they point at", async () => {
  await using room = setting();
  const volume = volumeRecord("alpha");
  const precious = mkdtempSync(join(tmpdir(), "hull-precious-"));
  try {
    writeFileSync(join(precious, "file"), "precious");
    await room.driver.create(volume);
    symlinkSync(precious, join(room.driver.mountpoint(volume), "link"));
    await room.driver.remove(volume);
    expect(existsSync(join(precious, "file"))).toBe(true);
    expect(readdirSync(room.root)).toEqual([]);
  } finally {
    rmSync(precious, { recursive: true });
  }
});

test("reconcile() takes a removal back while the record lives, and finishes it otherwise", async () => {
  await using room = setting();
  const volume = volumeRecord("with-dash");
  const path = join(room.root, ".removing-with-dash-00ff00ff");
  mkdirSync(join(path, "_data"), { recursive: true });
  writeFileSync(join(path, "_data", "kept"), "");
  expect(await room.driver.reconcile([volume], new Map())).toEqual([
    'took back the unfinished removal of volume "with-dash"',
  ]);
  expect(readdirSync(room.driver.mountpoint(volume))).toEqual(["kept"]);
  mkdirSync(join(room.root, ".removing-gone-00ff00ff", "_data"), { recursive: true });
  expect(await room.driver.reconcile([volume], new Map())).toEqual(['finished the removal of volume "gone"']);
});

test("reconcile() removes unknown directories only while they are empty", async () => {
  await using room = setting();
  mkdirSync(join(room.root, "half", "_data"), { recursive: true });
  mkdirSync(join(room.root, "full", "_data"), { recursive: true });
  writeFileSync(join(room.root, "full", "_data", "precious"), "");
  const report = await room.driver.reconcile([], new Map());
  expect(report.toSorted()).toEqual([
    'left the directory of the unknown volume "full" alone, it holds data',
    'removed the half-made volume "half"',
  ]);
  expect(readdirSync(room.root)).toEqual(["full"]);
});
