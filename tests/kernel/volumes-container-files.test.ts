import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContainerFiles } from "../../src/engine/containers/files/container-files.ts";
import { removeLeftViews } from "../../src/engine/containers/files/container-view.ts";
import { notFound } from "../../src/errors/engine-error.ts";
import { TarReader } from "../../src/lib/tar/tar-reader.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../src/lib/tar/tar-writer.ts";
import type { ContainerRecord, MountPoint } from "../../src/records/container-record.ts";
import { engineMountPoints, layerChanges } from "../../src/snapshots/layer-changes.ts";
import { makeNodeAt } from "../../src/sys/files.ts";
import { readMounts } from "../../src/sys/mountinfo.ts";
import { mount } from "../../src/sys/mounts.ts";
import { closeFd, openRoot } from "../../src/sys/rooted-path.ts";
import { LocalVolumeDriver } from "../../src/volumes/local-volume-driver.ts";
import { volumeRecord } from "../contracts/volume-driver.ts";

const home = mkdtempSync(join(tmpdir(), "hull-files-"));
afterAll(() => rmSync(home, { recursive: true }));

async function room(options: { mounts?: Partial<MountPoint>[]; readOnly?: boolean; user?: string } = {}) {
  const base = mkdtempSync(join(home, "r"));
  const root = join(base, "root");
  const scratch = join(base, "exec");
  mkdirSync(join(root, "d/sub"), { recursive: true });
  mkdirSync(join(root, "etc"));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/:/bin/sh\n");
  writeFileSync(join(root, "etc/hosts"), "");
  writeFileSync(join(base, "hosts"), "engine's hosts");
  writeFileSync(join(root, "d/f"), "hi\n");
  linkSync(join(root, "d/f"), join(root, "d/hard"));
  symlinkSync("f", join(root, "d/lf"));
  symlinkSync("/d", join(root, "ld"));
  symlinkSync("/etc", join(root, "d/sub/abs"));
  symlinkSync("/nowhere", join(root, "dang"));
  const driver = new LocalVolumeDriver(join(base, "volumes"));
  const volume = volumeRecord("data");
  await driver.create(volume);
  const mounts = (options.mounts ?? []).map((one) => ({
    type: "volume",
    name: "data",
    source: "",
    destination: "/vol",
    readOnly: false,
    ...one,
  }));
  const record = {
    id: "c1",
    mounts,
    config: { User: options.user ?? "" },
    hostConfig: { ReadonlyRootfs: options.readOnly ?? false },
  } as unknown as ContainerRecord;
  const files = new ContainerFiles({
    withRoot: (_, work) => work(root),
    volume(name) {
      if (name !== "data") throw notFound(`get ${name}: no such volume`);
      return { record: volume, driver };
    },
    ownFiles: () => [{ destination: "/etc/hosts", source: join(base, "hosts") }],
    scratch,
  });
  const clean = () => {
    expect(readMounts().filter((entry) => entry.mountpoint.startsWith(base))).toEqual([]);
    expect(existsSync(scratch) ? readdirSync(scratch) : []).toEqual([]);
  };
  return { base, root, scratch, record, files, clean, data: driver.mountpoint(volume) };
}

async function list(archive: ReadableStream<Uint8Array>): Promise<string[]> {
  const reader = new TarReader(archive);
  const found: string[] = [];
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    const content =
      entry.type === "file"
        ? ` ${Buffer.from(await reader.bytes())
            .toString()
            .trim()}`
        : "";
    found.push(`${entry.type} ${entry.path}${entry.linkTarget ? ` -> ${entry.linkTarget}` : ""}${content}`);
  }
  await reader.drain();
  return found;
}

function tarOf(entries: Record<string, string | null>): ReadableStream<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const [path, content] of Object.entries(entries)) {
    const size = content === null ? 0 : Buffer.byteLength(content);
    const type = content === null ? "directory" : "file";
    parts.push(
      formatHeader({
        path,
        type,
        mode: type === "file" ? 0o640 : 0o750,
        uid: 7,
        gid: 8,
        size,
        modified: { seconds: 1_000_000, nanoseconds: 0 },
      }),
      Buffer.from(content ?? ""),
      paddingAfter(size),
    );
  }
  return new Blob([...parts, endOfArchive()]).stream();
}

const plain = { noOverwriteDirNonDir: false, copyUIDGID: false };

describe("copyOut() names its entries as Docker does", () => {
  const inside = (prefix: string) => [
    `directory ${prefix}/`,
    `file ${prefix}/f hi`,
    `hardlink ${prefix}/hard -> ${prefix}/f`,
    `symlink ${prefix}/lf -> f`,
    `directory ${prefix}/sub/`,
    `symlink ${prefix}/sub/abs -> /etc`,
  ];
  const cases: readonly [string, string[]][] = [
    ["/d", inside("d")],
    ["d/", inside("d")],
    ["/d/.", inside(".")],
    ["/ld", ["symlink ld -> /d"]],
    ["/ld/", inside("ld")],
    ["/ld/.", inside(".")],
    ["/d/f", ["file f hi"]],
    ["/d/sub/abs/hosts", ["file hosts engine's hosts"]],
    ["/ld/../d/f", ["file f hi"]],
    ["/vol", ["directory vol/", "file vol/v in volume"]],
    ["/vol/v", ["file v in volume"]],
  ];
  for (const [path, entries] of cases) {
    test(path, async () => {
      const { files, record, clean, data } = await room({ mounts: [{}] });
      writeFileSync(join(data, "v"), "in volume");
      const { archive } = await files.copyOut(record, path, "c");
      expect(await list(archive)).toEqual(entries);
      clean();
    });
  }

  test("the whole root", async () => {
    const { files, record, clean } = await room();
    const entries = await list((await files.copyOut(record, "/", "c")).archive);
    expect(entries.slice(0, 3)).toEqual(["directory /", "directory /d/", "file /d/f hi"]);
    clean();
  });
});

describe("stat()", () => {
  const cases: readonly [string, string, number, string][] = [
    ["/d", "d", 2147484141, ""],
    ["/d/.", ".", 2147484141, ""],
    ["/ld", "ld", 134218239, "/d"],
    ["/ld/", "ld", 2147484141, ""],
    ["/d/lf", "lf", 134218239, "/d/f"],
    ["/dang", "dang", 134218239, "/nowhere"],
    ["/d/sub/abs", "abs", 134218239, "/etc"],
    ["/", "/", 2147484141, ""],
  ];
  for (const [path, name, mode, linkTarget] of cases) {
    test(path, async () => {
      const { files, record, root, clean } = await room();
      chmodSync(root, 0o755);
      expect(await files.stat(record, path, "c")).toMatchObject({ name, mode, linkTarget });
      clean();
    });
  }

  test("times have nanoseconds without zeros at the end", async () => {
    const { files, record, root } = await room();
    utimesSync(join(root, "d/f"), 1_000_000_000, 1_000_000_000.5);
    expect((await files.stat(record, "/d/f", "c")).mtime).toBe("2001-09-09T01:46:40.5Z");
  });

  test("errors are Docker's", async () => {
    const { files, record, clean } = await room();
    const stat = (path: string) => files.stat(record, path, "web");
    await expect(stat("/nope")).rejects.toThrow("Could not find the file /nope in container web");
    await expect(stat("/dang/")).rejects.toThrow("Could not find the file /dang/ in container web");
    await expect(stat("/d/f/")).rejects.toThrow("lstat /d/f/: not a directory");
    expect(() => stat("")).toThrow("bad parameter: path cannot be empty");
    await expect(files.copyOut(record, "/nope", "web")).rejects.toThrow("Could not find the file /nope");
    clean();
  });
});

describe("copyIn()", () => {
  test("puts files with their owners, modes and times, through links, into volumes", async () => {
    const { files, record, root, data, clean } = await room({ mounts: [{ destination: "/new/vol" }] });
    await files.copyIn(record, "/ld", "c", tarOf({ "x/": null, "x/y": "2", ".wh.kept": "" }), plain);
    const info = lstatSync(join(root, "d/x/y"));
    expect([info.uid, info.gid, info.mode & 0o777, info.mtimeMs]).toEqual([7, 8, 0o640, 1_000_000_000]);
    expect(existsSync(join(root, "d/.wh.kept"))).toBe(true);
    await files.copyIn(record, "/new/vol", "c", tarOf({ v: "volume" }), plain);
    expect(readFileSync(join(data, "v"), "utf8")).toBe("volume");
    expect(readdirSync(join(root, "new/vol"))).toEqual([]);
    clean();
  });

  test("--archive gives everything to the container's user", async () => {
    for (const [user, owner] of [
      ["app", [1000, 1001]],
      ["1000", [1000, 1001]],
      ["5:6", [5, 6]],
      // As in Docker: without a user of its own the archive's owners stay.
      ["", [7, 8]],
    ] as const) {
      const { files, record, root } = await room({ user });
      await files.copyIn(record, "/d", "c", tarOf({ x: "1" }), { ...plain, copyUIDGID: true });
      const info = lstatSync(join(root, "d/x"));
      expect([info.uid, info.gid]).toEqual([...owner]);
    }
  });

  test("refusals are Docker's", async () => {
    const { files, record, clean } = await room({ mounts: [{ readOnly: true }] });
    const put = (path: string) => files.copyIn(record, path, "web", tarOf({ x: "1" }), plain);
    await expect(put("/nope")).rejects.toThrow("Could not find the file /nope in container web");
    await expect(put("/d/f")).rejects.toThrow("extraction point is not a directory");
    await expect(put("/vol")).rejects.toThrow("mounted volume is marked read-only");
    const locked = await room({ mounts: [{}], readOnly: true });
    const putLocked = (path: string) =>
      locked.files.copyIn(locked.record, path, "c", tarOf({ x: "1" }), plain);
    await expect(putLocked("/d")).rejects.toThrow("container rootfs is marked read-only");
    await expect(putLocked("/vol/../d")).rejects.toThrow("container rootfs is marked read-only");
    await putLocked("/vol");
    expect(readdirSync(locked.data)).toEqual(["x"]);
    clean();
    locked.clean();
  });

  test("a link cannot lead writes out of the container, nor into a read-only volume", async () => {
    const { files, record, root, base, data, clean } = await room({ mounts: [{ readOnly: true }] });
    const outside = join(base, "outside");
    mkdirSync(outside);
    symlinkSync(outside, join(root, "d/out"));
    symlinkSync("/vol", join(root, "d/ro"));
    const options = { ...plain };
    await files.copyIn(record, "/d", "c", tarOf({ "out/x": "1" }), options).catch(() => {});
    expect(readdirSync(outside)).toEqual([]);
    await expect(files.copyIn(record, "/d", "c", tarOf({ "ro/x": "1" }), options)).rejects.toThrow();
    await expect(files.copyIn(record, "/d/ro", "c", tarOf({ x: "1" }), options)).rejects.toThrow("read-only");
    expect(readdirSync(data)).toEqual([]);
    clean();
  });

  test("noOverwriteDirNonDir keeps directories and files apart", async () => {
    const { files, record, root } = await room();
    const options = { ...plain, noOverwriteDirNonDir: true };
    await expect(files.copyIn(record, "/", "c", tarOf({ d: "file" }), options)).rejects.toThrow(
      "cannot overwrite directory",
    );
    await expect(files.copyIn(record, "/", "c", tarOf({ "d/f/": null }), options)).rejects.toThrow(
      "cannot overwrite non-directory",
    );
    await files.copyIn(record, "/", "c", tarOf({ "d/f/": null }), plain);
    expect(lstatSync(join(root, "d/f")).isDirectory()).toBe(true);
  });
});

test("export() is the root without a leading name, and a reader may stop early", async () => {
  const { files, record, root, data, clean } = await room({ mounts: [{ destination: "/d/sub" }] });
  writeFileSync(join(data, "v"), "");
  const entries = await list(files.export(record));
  expect(entries).toContain("file etc/hosts ");
  expect(entries).toContain("symlink d/sub/abs -> /etc");
  expect(entries.slice(0, 2)).toEqual(["directory d/", "file d/f hi"]);
  writeFileSync(join(root, "big"), Buffer.alloc(4 << 20, 1));
  const before = readdirSync("/proc/self/fd").length;
  const reader = files.export(record).getReader();
  await reader.read();
  await reader.cancel();
  expect(readdirSync("/proc/self/fd").length).toBe(before);
  clean();
});

test("a file that shrinks while it is sent is filled up, one that grows is cut", async () => {
  const { files, record, root } = await room();
  const big = join(root, "d/big");
  writeFileSync(big, Buffer.alloc(6 << 20, 1));
  const { archive } = await files.copyOut(record, "/d/big", "c");
  const reader = archive.getReader();
  const first = await reader.read();
  truncateSync(big, 100);
  let total = first.value?.length ?? 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) total += next.value.length;
  expect(total).toBe(512 + (6 << 20) + 1024);
});

test("views that a crash left are taken away", async () => {
  const { scratch, root, clean } = await room();
  const view = join(scratch, "view-0123");
  mkdirSync(view, { recursive: true });
  mount({ type: "bind", source: root, options: ["bind"] }, view);
  expect(await removeLeftViews(scratch)).toEqual(['unmounted the view "view-0123" of a container\'s files']);
  expect(await removeLeftViews(join(scratch, "none"))).toEqual([]);
  clean();
});

test("layerChanges() tells additions, changes and deletions, and leaves out what every start makes", async () => {
  const base = mkdtempSync(join(home, "diff"));
  const [upper, lower] = [join(base, "upper"), join(base, "lower")];
  for (const directory of ["etc", "bin", "root/old", "tmp", "same", "dev", "link-target"])
    mkdirSync(join(lower, directory), { recursive: true });
  symlinkSync("link-target", join(lower, "was-link"));
  for (const file of ["etc/passwd", "bin/ls", "root/old/f", "link-target/f"])
    writeFileSync(join(lower, file), "x");
  for (const directory of ["etc", "bin", "root", "tmp", "same", "dev/pts", "d/sub", "was-link"])
    mkdirSync(join(upper, directory), { recursive: true });
  for (const file of ["etc/passwd", "root/new", "d/sub/f", "was-link/f"])
    writeFileSync(join(upper, file), "changed");
  for (const file of ["etc/hosts", "etc/resolv.conf", ".dockerenv", "dev/console"])
    writeFileSync(join(upper, file), "");
  chmodSync(join(upper, "tmp"), 0o700);
  const bin = openRoot(join(upper, "bin"));
  makeNodeAt(bin, "ls", "char", 0, 0, 0);
  makeNodeAt(bin, "never-there", "char", 0, 0, 0);
  closeFd(bin);
  const now = new Date(1_700_000_000_000);
  for (const side of [upper, lower]) utimesSync(join(side, "same"), now, now);
  const letters = { modified: "C", added: "A", deleted: "D" };
  const changes = await layerChanges(upper, [lower], { ignoreEmpty: engineMountPoints });
  expect(changes.map((change) => `${letters[change.kind]} ${change.path}`)).toEqual([
    "C /bin",
    "D /bin/ls",
    "A /d",
    "A /d/sub",
    "A /d/sub/f",
    "C /etc",
    "C /etc/passwd",
    "C /root",
    "A /root/new",
    "C /tmp",
    "C /was-link",
    "A /was-link/f",
  ]);
});
