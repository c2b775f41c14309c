import { expect, test } from "bun:test";
import type { TarEntry } from "./entry.ts";
import { formatPaxTime, parsePaxTime } from "./numeric.ts";
import { formatPaxRecords, parsePaxRecords } from "./pax.ts";
import { TarReader } from "./tar-reader.ts";
import { endOfArchive, formatHeader, paddingAfter } from "./tar-writer.ts";

const plain = { mode: 0o644, uid: 0, gid: 0, size: 0, modified: { seconds: 1_700_000_000, nanoseconds: 0 } };

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Uint8Array, pieces = 700) {
  const reader = new TarReader(inPieces(bytes, pieces));
  const found: { entry: TarEntry; data: Buffer }[] = [];
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    const parts: Uint8Array[] = [];
    for (let part = await reader.data(); part; part = await reader.data()) parts.push(part.slice());
    found.push({ entry, data: Buffer.concat(parts) });
  }
  return found;
}

async function roundTrip(entry: TarEntry, data = "") {
  const bytes = Buffer.concat([
    formatHeader(entry, { subSecond: true }),
    Buffer.from(data),
    paddingAfter(data.length),
    endOfArchive(),
  ]);
  const [found] = await readAll(bytes);
  expect(found?.data.toString()).toBe(data);
  return found?.entry;
}

test.each<[string, TarEntry, string]>([
  ["file", { ...plain, path: "a/b", type: "file", size: 5 }, "hello"],
  ["setuid", { ...plain, path: "su", type: "file", mode: 0o4755 }, ""],
  ["directory", { ...plain, path: "d/", type: "directory", mode: 0o1777 }, ""],
  ["symlink", { ...plain, path: "l", type: "symlink", linkTarget: "../x" }, ""],
  ["hard link", { ...plain, path: "h", type: "hardlink", linkTarget: "a/b" }, ""],
  ["device", { ...plain, path: "null", type: "char", deviceMajor: 1, deviceMinor: 3 }, ""],
  ["fifo", { ...plain, path: "p", type: "fifo" }, ""],
  ["path split into prefix", { ...plain, path: `${"p".repeat(90)}/${"n".repeat(90)}`, type: "file" }, ""],
  ["long path", { ...plain, path: `${"x".repeat(200)}/${"y".repeat(200)}`, type: "file" }, ""],
  ["long link", { ...plain, path: "l", type: "symlink", linkTarget: "t".repeat(300) }, ""],
  ["unicode and newline", { ...plain, path: "ü\nx", type: "file" }, ""],
  ["big ids", { ...plain, path: "b", type: "file", uid: 4_000_000_000, gid: 3_000_000 }, ""],
  ["sub-second", { ...plain, path: "t", type: "file", modified: { seconds: 5, nanoseconds: 7 } }, ""],
  ["before 1970", { ...plain, path: "t", type: "file", modified: { seconds: -5, nanoseconds: 7 } }, ""],
  [
    "xattr",
    {
      ...plain,
      path: "c",
      type: "file",
      xattrs: new Map([["security.capability", Buffer.from([1, 0, 10, 61])]]),
    },
    "",
  ],
])("reads back what it writes: %s", async (_, entry, data) => {
  const found = await roundTrip(entry, data);
  expect({ ...found, xattrs: found?.xattrs && [...found.xattrs].map(([k, v]) => [k, [...v]]) }).toEqual({
    ...entry,
    xattrs: entry.xattrs && [...entry.xattrs].map(([k, v]) => [k, [...v]]),
  });
});

test("a size over 8 GiB is written as PAX and read back", async () => {
  const entry: TarEntry = { ...plain, path: "big", type: "file", size: 20 * 2 ** 30 };
  const reader = new TarReader(inPieces(formatHeader(entry), 512));
  expect((await reader.next())?.size).toBe(20 * 2 ** 30);
  expect(reader.data()).rejects.toThrow("unexpected EOF");
});

test("a cut archive, a bad checksum and a bad number are errors", async () => {
  const whole = Buffer.concat([
    formatHeader({ ...plain, path: "a", type: "file", size: 600 }),
    Buffer.alloc(1024),
  ]);
  expect(readAll(whole.subarray(0, 900))).rejects.toThrow('unexpected EOF: "a" is cut off');
  expect(readAll(whole.subarray(0, 300))).rejects.toThrow("unexpected EOF: tar header is cut off");
  const bad = Buffer.from(whole);
  bad[0] = 0x62;
  expect(readAll(bad)).rejects.toThrow("invalid tar header");
});

test("a PAX record whose length lies is refused", () => {
  expect(() => parsePaxRecords(Buffer.from("99 path=x\n"))).toThrow("malformed");
  expect(() => parsePaxRecords(Buffer.from("x path=x\n"))).toThrow("malformed");
  const long = new Map([["k", "v".repeat(95)]]);
  expect(Buffer.from(parsePaxRecords(formatPaxRecords(long)).get("k") ?? []).toString()).toBe("v".repeat(95));
});

test.each([1, 5, 92, 93, 94, 95, 96, 990, 991, 992])("PAX lengths count themselves (%d bytes)", (count) => {
  const bytes = formatPaxRecords(new Map([["k", "v".repeat(count)]]));
  expect(Number(Buffer.from(bytes).toString().split(" ")[0])).toBe(bytes.length);
});

test("PAX times keep nanoseconds on both sides of 1970", () => {
  for (const text of ["1.5", "0", "-1", "-0.25", "1700000000.123456789"])
    expect(formatPaxTime(parsePaxTime(text))).toBe(text);
});

test("an archive may end right behind the bytes of its last file", async () => {
  const bytes = Buffer.concat([
    formatHeader({ ...plain, path: "a", type: "file", size: 3 }),
    Buffer.from("abc"),
  ]);
  const [found, ...others] = await readAll(bytes);
  expect(found?.data.toString()).toBe("abc");
  expect(others).toEqual([]);
});
