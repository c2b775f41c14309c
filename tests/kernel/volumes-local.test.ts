import { expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMounts } from "../../src/sys/mountinfo.ts";
import { getXattr, setXattr } from "../../src/sys/xattr.ts";
import { copyUp } from "../../src/volumes/copy-up.ts";
import { LocalVolumeDriver } from "../../src/volumes/local-volume-driver.ts";
import { volumeDriverContract, volumeRecord } from "../contracts/volume-driver.ts";

function setting() {
  const root = mkdtempSync(join(tmpdir(), "hull-volumes-"));
  return {
    root,
    driver: new LocalVolumeDriver(root),
    again: () => new LocalVolumeDriver(root),
    async [Symbol.asyncDispose]() {
      expect(mountsOf(root)).toEqual([]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const mountsOf = (path: string) => readMounts().filter((entry) => entry.mountpoint.startsWith(path));

volumeDriverContract("LocalVolumeDriver on this kernel", async () => setting());

test("a tmpfs volume is mounted with its options while used, and survives an engine restart", async () => {
  await using room = setting();
  const volume = volumeRecord("fast", { type: "tmpfs", device: "tmpfs", o: "size=1m,uid=7,noexec" });
  await room.driver.create(volume);
  const path = await room.driver.mount(volume, "one");
  const [entry] = mountsOf(room.root);
  expect(entry?.superOptions).toContain("size=1024k");
  expect(entry?.options).toContain("noexec");
  expect(statSync(path).uid).toBe(7);
  writeFileSync(join(path, "file"), "x");
  const restarted = room.again();
  expect(await restarted.reconcile([volume], new Map([["fast", ["one"]]]))).toEqual([]);
  expect(await restarted.mount(volume, "two")).toBe(path);
  expect(readFileSync(join(path, "file"), "utf8")).toBe("x");
  await restarted.unmount(volume, "one");
  await restarted.unmount(volume, "two");
  expect(mountsOf(room.root)).toEqual([]);
  await restarted.remove(volume);
});

test("a bind volume shows the directory, and its removal leaves the directory alone", async () => {
  await using room = setting();
  const source = mkdtempSync(join(tmpdir(), "hull-bound-"));
  try {
    writeFileSync(join(source, "file"), "bound");
    const volume = volumeRecord("bound", { type: "none", device: source, o: "bind" });
    await room.driver.create(volume);
    const path = await room.driver.mount(volume, "one");
    expect(readFileSync(join(path, "file"), "utf8")).toBe("bound");
    await room.driver.unmount(volume, "one");
    await room.driver.remove(volume);
    expect(readFileSync(join(source, "file"), "utf8")).toBe("bound");
  } finally {
    rmSync(source, { recursive: true });
  }
});

test("a failing mount says so in Docker's words and counts no user", async () => {
  await using room = setting();
  const volume = volumeRecord("bad", { type: "none", device: "/nonexistent/hull", o: "bind" });
  await room.driver.create(volume);
  const path = room.driver.mountpoint(volume);
  await expect(room.driver.mount(volume, "one")).rejects.toThrow(
    `error while mounting volume '${path}': failed to mount local volume: mount /nonexistent/hull:${path}, flags: 0x1000: no such file or directory`,
  );
  const odd = volumeRecord("odd", { type: "tmpfs", device: "tmpfs", o: "size=1m,bogus=1,password=secret" });
  await room.driver.create(odd);
  await expect(room.driver.mount(odd, "one")).rejects.toThrow(
    "data: size=1m,bogus=1,password=****: invalid argument",
  );
  await room.driver.remove(volume);
  await room.driver.remove(odd);
});

test("a network file system that cannot be reached fails in Docker's frame", async () => {
  await using room = setting();
  const volume = volumeRecord("far", {
    type: "nfs",
    device: ":/nowhere",
    o: "addr=127.0.0.1,soft,timeo=1,retrans=1,vers=3,nolock",
  });
  await room.driver.create(volume);
  const path = room.driver.mountpoint(volume);
  const failed = await room.driver.mount(volume, "one").catch((error: Error) => error.message);
  expect(failed).toStartWith(
    `error while mounting volume '${path}': failed to mount local volume: mount :/nowhere:${path}, data: addr=127.0.0.1,`,
  );
  await room.driver.remove(volume);
});

test("copyUp() keeps owners, modes, times, attributes, links and sees no link out of the root", async () => {
  await using room = setting();
  const image = join(room.root, "image");
  const volume = join(room.root, "volume");
  mkdirSync(join(image, "srv/data/sub"), { recursive: true });
  mkdirSync(volume);
  const data = join(image, "srv/data");
  writeFileSync(join(data, "tool"), "#!x");
  chownSync(join(data, "tool"), 5, 6);
  chmodSync(join(data, "tool"), 0o4755);
  setXattr(join(data, "tool"), "user.note", Buffer.from("kept"));
  utimesSync(join(data, "tool"), 1_000_000, 1_000_000);
  linkSync(join(data, "tool"), join(data, "sub/twin"));
  symlinkSync("/etc/passwd", join(data, "link"));
  chownSync(data, 33, 34);
  chmodSync(data, 0o1770);
  symlinkSync("/srv", join(image, "absolute"));

  expect(await copyUp(image, "/absolute/data", volume)).toBe(true);
  const tool = lstatSync(join(volume, "tool"));
  expect([tool.uid, tool.gid, tool.mode & 0o7777, tool.mtimeMs]).toEqual([5, 6, 0o4755, 1_000_000_000]);
  expect(Buffer.from(getXattr(join(volume, "tool"), "user.note") ?? []).toString()).toBe("kept");
  expect(lstatSync(join(volume, "sub/twin")).ino).toBe(tool.ino);
  expect(readlinkSync(join(volume, "link"))).toBe("/etc/passwd");
  const top = statSync(volume);
  expect([top.uid, top.gid, top.mode & 0o7777]).toEqual([33, 34, 0o1770]);
});

test("copyUp() leaves a volume with content, a missing place and a file alone", async () => {
  await using room = setting();
  const [image, volume] = [join(room.root, "image"), join(room.root, "volume")];
  mkdirSync(join(image, "data"), { recursive: true });
  writeFileSync(join(image, "data/new"), "");
  writeFileSync(join(image, "file"), "");
  mkdirSync(volume);
  expect(await copyUp(image, "/nowhere", volume)).toBe(false);
  expect(await copyUp(image, "/file", volume)).toBe(false);
  writeFileSync(join(volume, "old"), "");
  expect(await copyUp(image, "/data", volume)).toBe(false);
  expect(readdirSync(volume)).toEqual(["old"]);
});
