import { afterAll, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillVolumes, needsFilling } from "../../src/engine/mounts/fill-volumes.ts";
import { materialiseMounts, releaseMounts } from "../../src/engine/mounts/materialise-mounts.ts";
import { notFound } from "../../src/errors/engine-error.ts";
import type { MountPoint } from "../../src/records/container-record.ts";
import { readMounts } from "../../src/sys/mountinfo.ts";
import { LocalVolumeDriver } from "../../src/volumes/local-volume-driver.ts";
import { volumeRecord } from "../contracts/volume-driver.ts";

const home = mkdtempSync(join(tmpdir(), "hull-mounts-"));
afterAll(() => rmSync(home, { recursive: true }));

async function room() {
  const root = mkdtempSync(join(home, "r"));
  const driver = new LocalVolumeDriver(join(root, "volumes"));
  const records = [volumeRecord("plain"), volumeRecord("fast", { type: "tmpfs", device: "tmpfs" })];
  for (const record of records) await driver.create(record);
  const options = (mounts: readonly MountPoint[], tmpfs: Record<string, string> = {}) => ({
    containerId: "c1",
    mounts,
    tmpfs,
    scratch: join(root, "exec/c1/mounts"),
    dataRoot: join(root, "data"),
    recursiveReadOnly: true,
    volume(name: string) {
      const record = records.find((candidate) => candidate.name === name);
      if (!record) throw notFound(`get ${name}: no such volume`);
      return { record, driver };
    },
  });
  const mounted = () => readMounts().filter((entry) => entry.mountpoint.startsWith(root));
  return { root, driver, options, mounted, plain: driver.mountpoint(volumeRecord("plain")) };
}

function mount(options: Partial<MountPoint>): MountPoint {
  return {
    type: "volume",
    name: "",
    source: "",
    destination: "/d",
    driver: "local",
    mode: "",
    readOnly: false,
    propagation: "",
    anonymous: false,
    copyUp: false,
    ...options,
  };
}

test("materialiseMounts() mounts volumes, makes sources, and releaseMounts() gives all back", async () => {
  const { root, driver, options, mounted } = await room();
  const missing = join(root, "made/by/start");
  const wishes = options(
    [
      mount({ name: "fast", destination: "/d/fast", readOnly: true }),
      mount({ name: "plain" }),
      mount({
        type: "bind",
        source: missing,
        destination: "/m",
        propagation: "rprivate",
        createSource: true,
      }),
      mount({ type: "tmpfs", destination: "/t", tmpfsOptions: "size=1m" }),
      mount({ name: "plain", destination: "/covered" }),
    ],
    { "/covered": "" },
  );
  const ready = await materialiseMounts(wishes);
  expect(ready.created).toEqual([missing]);
  expect(existsSync(missing)).toBe(true);
  expect(ready.mounts.map((entry) => [entry.destination, entry.type, entry.options.join()])).toEqual([
    ["/covered", "tmpfs", "noexec,nosuid,nodev,rprivate"],
    ["/d", "bind", "rbind"],
    ["/m", "bind", "rbind,rprivate"],
    ["/t", "tmpfs", "noexec,nosuid,nodev,rprivate,size=1m"],
    ["/d/fast", "bind", "rbind,rro"],
  ]);
  expect(mounted().map((entry) => entry.type)).toEqual(["tmpfs"]);
  await expect(driver.remove(volumeRecord("plain"))).rejects.toThrow("in use - [c1]");
  await releaseMounts(wishes);
  await releaseMounts(wishes);
  expect(mounted()).toEqual([]);
  await driver.remove(volumeRecord("plain"));
});

test("a subpath is pinned: a link put there later changes nothing, one that leads out stays inside", async () => {
  const { plain, options, mounted } = await room();
  mkdirSync(join(plain, "sub/dir"), { recursive: true });
  writeFileSync(join(plain, "sub/dir/file"), "inside");
  mkdirSync(join(plain, "etc"));
  writeFileSync(join(plain, "etc/hostname"), "of the volume");
  symlinkSync("/etc", join(plain, "out"));
  const wishes = options([
    mount({ name: "plain", subpath: "sub/dir" }),
    mount({ name: "plain", subpath: "out/hostname", destination: "/f" }),
  ]);
  const { mounts } = await materialiseMounts(wishes);
  const at = (destination: string) => mounts.find((entry) => entry.destination === destination)?.source ?? "";
  renameSync(join(plain, "sub"), join(plain, "moved"));
  symlinkSync("/etc", join(plain, "sub"));
  expect(readdirSync(at("/d"))).toEqual(["file"]);
  expect(readFileSync(at("/f"), "utf8")).toBe("of the volume");
  await releaseMounts(wishes);
  expect(mounted()).toEqual([]);
  expect(existsSync(wishes.scratch)).toBe(false);
  expect(readFileSync(join(plain, "etc/hostname"), "utf8")).toBe("of the volume");
});

test("a failing mount undoes those before it", async () => {
  const { driver, options, mounted } = await room();
  const missing = options([
    mount({ name: "fast" }),
    mount({ name: "plain", subpath: "nowhere", destination: "/s" }),
  ]);
  await expect(materialiseMounts(missing)).rejects.toThrow("cannot access path");
  const gone = options([
    mount({ name: "fast" }),
    mount({ type: "bind", source: "/nowhere/hull", destination: "/b" }),
  ]);
  await expect(materialiseMounts(gone)).rejects.toThrow("bind source path does not exist: /nowhere/hull");
  const proc = options([
    mount({ type: "bind", source: "/proc/nope", destination: "/b", createSource: true }),
  ]);
  await expect(materialiseMounts(proc)).rejects.toThrow(
    "error while creating mount source path '/proc/nope'",
  );
  expect(mounted()).toEqual([]);
  await driver.remove(volumeRecord("fast", { type: "tmpfs", device: "tmpfs" }));
});

test("fillVolumes() fills empty volumes from the image, once, and refuses a file there", async () => {
  const { root, plain, options, mounted } = await room();
  const image = join(root, "image");
  mkdirSync(join(image, "d"), { recursive: true });
  writeFileSync(join(image, "d/from-image"), "");
  writeFileSync(join(image, "file"), "");
  const { volume } = options([]);
  const mounts = [mount({ name: "plain", copyUp: true }), mount({ name: "fast", destination: "/d" })];
  expect(needsFilling(mounts)).toBe(true);
  await fillVolumes(image, mounts, volume, "c1");
  expect(readdirSync(plain)).toEqual(["from-image"]);
  rmSync(join(plain, "from-image"));
  writeFileSync(join(plain, "own"), "");
  await fillVolumes(image, mounts, volume, "c1");
  expect(readdirSync(plain)).toEqual(["own"]);
  const over = [mount({ name: "plain", copyUp: true, destination: "/file", anonymous: true })];
  await expect(fillVolumes(image, over, volume, "c1")).rejects.toThrow(
    "cannot mount volume over existing file, file exists /file",
  );
  expect(mounted()).toEqual([]);
});
