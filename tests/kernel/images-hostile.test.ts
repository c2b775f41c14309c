import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { EngineError } from "../../src/errors/engine-error.ts";
import { localImage, localImageArchive } from "../../src/images/bootstrap/local-image.ts";
import { streamOf } from "../../src/images/export/tar-packer.ts";
import { unpackTar } from "../../src/images/unpack/unpack-tar.ts";
import { decompressed } from "../../src/lib/compress.ts";
import { formatHeader } from "../../src/lib/tar/tar-writer.ts";
import { sha256 } from "../../src/oci/digest.ts";
import { hostPlatform } from "../../src/oci/platform.ts";
import { hostileArchives, tarOf } from "../fixtures/hostile-archives/archives.ts";
import { inImage, makeImageStore, streamOfBytes } from "../setup/image-stores.ts";

let base = "";
let root = "";
let outside = "";

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "hull-hostile-"));
  root = join(base, "root");
  outside = join(base, "outside");
  mkdirSync(root);
  mkdirSync(outside);
  writeFileSync(join(outside, "secret"), "host", { mode: 0o600 });
});
// By the program: it removes what is nested deep a hundred times faster.
afterEach(() => void Bun.spawnSync(["rm", "-rf", base]));

async function* pieces(bytes: Uint8Array, size = 1000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function outsideIsUntouched(): void {
  expect(readdirSync(base).sort()).toEqual(["outside", "root"]);
  expect(readdirSync(outside)).toEqual(["secret"]);
  expect(readFileSync(join(outside, "secret"), "utf8")).toBe("host");
  expect(statSync(join(outside, "secret")).mode & 0o777).toBe(0o600);
  expect(statSync(join(outside, "secret")).nlink).toBe(1);
}

describe.each(["overlay", "none"] as const)(
  "unpackTar with whiteouts %s stays in its directory",
  (whiteouts) => {
    test.each(hostileArchives("/OUTSIDE").map(({ name }) => name))("%s", async (name) => {
      const archive = hostileArchives(outside).find((candidate) => candidate.name === name);
      if (!archive) throw new Error("no such archive");
      const isWhiteout = /whiteout of/.test(name) && whiteouts === "none";
      const unpacking = unpackTar(pieces(archive.bytes), root, { whiteouts, rootAttributes: true });
      const error = await unpacking.then(
        () => undefined,
        (caught: unknown) => caught,
      );
      outsideIsUntouched();
      if (archive.refused === undefined || isWhiteout) {
        expect(error).toBeUndefined();
      } else {
        expect(error).toBeInstanceOf(EngineError);
        expect((error as EngineError).kind).toBe("invalid_argument");
        expect((error as EngineError).message).toMatch(archive.refused);
      }
    });
  },
);

test("a bomb of zeros takes no disk", async () => {
  const size = 512 * 1024 * 1024;
  async function* zeros() {
    yield formatHeader({
      path: "zeros",
      type: "file",
      mode: 0o644,
      uid: 0,
      gid: 0,
      size,
      modified: { seconds: 0, nanoseconds: 0 },
    });
    const chunk = new Uint8Array(1 << 20);
    for (let at = 0; at < size; at += chunk.length) yield chunk;
    yield new Uint8Array(1024);
  }
  await unpackTar(zeros(), root, { whiteouts: "overlay" });
  const stats = lstatSync(join(root, "zeros"));
  expect(stats.size).toBe(size);
  expect(stats.blocks * 512).toBeLessThan(1 << 20);
});

test("content around holes is kept to the byte", async () => {
  const block = (fill: string) => Buffer.alloc(1 << 16, fill);
  const content = Buffer.concat([
    block("\0"),
    block("a"),
    block("\0"),
    block("\0"),
    block("b"),
    Buffer.from("tail"),
  ]);
  const tar = tarOf([{ path: "f", type: "file", content: content.toString("latin1") }]);
  for (const size of [1000, 1 << 17, 1 << 20]) {
    await unpackTar(pieces(tar, size), root, { whiteouts: "none" });
    expect(readFileSync(join(root, "f")).equals(content)).toBe(true);
  }
});

test("noOverwriteDirNonDir refuses with Docker's words", async () => {
  mkdirSync(join(root, "d"));
  writeFileSync(join(root, "f"), "");
  const put = (path: string, type: "file" | "directory") =>
    unpackTar(pieces(tarOf([{ path, type }])), root, { whiteouts: "none", noOverwriteDirNonDir: true });
  expect(put("d", "file")).rejects.toThrow('cannot overwrite directory "d" with non-directory "d"');
  expect(put("f", "directory")).rejects.toThrow('cannot overwrite non-directory "f" with directory "f/"');
});

test("a destination is resolved inside the root, links and all", async () => {
  mkdirSync(join(root, "real"));
  const { symlinkSync } = await import("node:fs");
  symlinkSync("/real", join(root, "link"));
  symlinkSync(outside, join(root, "bad"));
  const tar = tarOf([
    { path: "f", type: "file", content: "x" },
    { path: "h", type: "hardlink", linkTarget: "f" },
  ]);
  await unpackTar(pieces(tar), root, { whiteouts: "none", destination: "/link", owner: { uid: 7, gid: 8 } });
  expect(statSync(join(root, "real/f")).uid).toBe(7);
  expect(statSync(join(root, "real/h")).nlink).toBe(2);
  expect(unpackTar(pieces(tar), root, { whiteouts: "none", destination: "/bad" })).rejects.toThrow();
  outsideIsUntouched();
});

test("broken and unknown compression are errors, not crashes", async () => {
  const gzip = gzipSync(tarOf([{ path: "f", type: "file", content: "x".repeat(100_000) }]));
  const unpack = async (bytes: Uint8Array) => {
    const { stream } = await decompressed(pieces(bytes));
    return unpackTar(stream, root, { whiteouts: "overlay" });
  };
  await unpack(gzip);
  expect(existsSync(join(root, "f"))).toBe(true);
  expect(unpack(gzip.subarray(0, gzip.length - 40))).rejects.toThrow(/broken compressed data|unexpected EOF/);
  const flipped = Buffer.from(gzip);
  flipped.fill(0xff, 40, 80);
  expect(unpack(flipped)).rejects.toThrow(/broken compressed data|invalid tar header/);
  expect(unpack(Buffer.from("BZh91AY&SY"))).rejects.toThrow("bzip2 archives are not supported");
});

describe("an archive that is too much", () => {
  const entries = (count: number) =>
    tarOf(Array.from({ length: count }, (_, i) => ({ path: `f${i}`, type: "file" as const })));
  const limits = { entries: 1000, freeBytes: 0, freeInodes: 0, part: 1 };

  test("ends at the limit of entries", async () => {
    await unpackTar(pieces(entries(1000)), root, { whiteouts: "overlay", limits });
    expect(unpackTar(pieces(entries(1001)), root, { whiteouts: "overlay", limits })).rejects.toThrow(
      "the archive has more than 1000 entries",
    );
  });

  test.each([
    ["bytes", { freeBytes: Number.MAX_VALUE }],
    ["inodes", { freeInodes: Number.MAX_VALUE }],
  ])("ends where too few %s would stay free", async (_, change) => {
    const full = { ...limits, ...change };
    const unpacking = unpackTar(pieces(entries(1)), root, { whiteouts: "overlay", limits: full });
    const error = await unpacking.catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      kind: "internal",
      message: expect.stringMatching(/^no space left on device: /),
    });
    expect(readdirSync(root)).toEqual([]);
  });

  test("stops in the middle of a file when the disk fills up", async () => {
    const disk = join(base, "disk");
    mkdirSync(disk);
    expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=64m", "none", disk]).exitCode).toBe(0);
    try {
      const noise = Buffer.alloc(1 << 20, "noise");
      const header = formatHeader({
        path: "big",
        type: "file",
        mode: 0o644,
        uid: 0,
        gid: 0,
        size: 2 ** 40,
        modified: { seconds: 0, nanoseconds: 0 },
      });
      async function* endless() {
        yield header;
        for (;;) yield noise;
      }
      await expect(unpackTar(endless(), disk, { whiteouts: "overlay" })).rejects.toThrow(
        "no space left on device: less than 3 MiB would be free",
      );
      const { bavail, bsize } = statfsSync(disk);
      expect(bavail * bsize).toBeGreaterThan(1 << 20);
    } finally {
      Bun.spawnSync(["umount", disk]);
    }
    rmdirSync(disk);
  });
});

describe("loading an image with a hostile layer", () => {
  const names = hostileArchives("/OUTSIDE").map(({ name }) => name);

  test("is refused, or harmless, and a refused one leaves nothing", async () => {
    await using setting = makeImageStore();
    for (const name of names) {
      const hostile = hostileArchives(outside).find((candidate) => candidate.name === name);
      const bytes = hostile?.bytes ?? new Uint8Array(0);
      const layer = { diffId: sha256(bytes), size: bytes.length, bytes: () => pieces(bytes, 1 << 16) };
      const image = localImage(layer, { runConfig: {}, created: 0, createdBy: name });
      const archive = streamOf(localImageArchive(image, ["hostile:1"]));
      const error = await setting.images.load(archive).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      outsideIsUntouched();
      expect([name, error === undefined]).toEqual([name, hostile?.refused === undefined]);
      if (error === undefined)
        await setting.images.remove("hostile:1", { force: true, prune: true, usedBy: () => [] });
      else expect(error).toBeInstanceOf(EngineError);
      expect([name, setting.left()]).toEqual([name, { blobs: [], partial: [], snapshots: [] }]);
    }
  }, 60_000);

  test("a link of one layer leads no later layer outside", async () => {
    await using setting = makeImageStore();
    const made = { runConfig: {}, platform: hostPlatform(), history: {} };
    const lower = tarOf([
      { path: "out", type: "symlink", linkTarget: outside },
      { path: "secret", type: "symlink", linkTarget: `${outside}/secret` },
    ]);
    const below = await setting.images.create({ ...made, layer: streamOfBytes(lower) });
    const upper = tarOf([
      { path: "out/evil", type: "file", content: "pwned" },
      { path: "out/.wh.secret", type: "file" },
      { path: "secret", type: "file", content: "pwned" },
    ]);
    const image = await setting.images.create({ ...made, parent: below.id, layer: streamOfBytes(upper) });
    outsideIsUntouched();
    await inImage(setting, image, (merged) => {
      expect(lstatSync(join(merged, "out")).isDirectory()).toBe(true);
      expect(readFileSync(join(merged, "secret"), "utf8")).toBe("pwned");
    });
    const linking = tarOf([{ path: "h", type: "hardlink", linkTarget: "out/secret" }]);
    expect(
      setting.images.create({ ...made, parent: below.id, layer: streamOfBytes(linking) }),
    ).rejects.toThrow("not there");
    outsideIsUntouched();
  });

  test("what layers hold is for root alone: nobody on the host runs their setuid programs", async () => {
    await using setting = makeImageStore();
    expect(statSync(join(setting.directory, "snapshots")).mode & 0o077).toBe(0);
  });
});
