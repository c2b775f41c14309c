import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats } from "node:fs";
import { bytesFromText, textFromBytes } from "../../lib/byte-text.ts";
import { epochSeconds, type TarEntry, type TarType } from "../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../lib/tar/tar-writer.ts";

/** A file or a whole directory of this machine as an archive, its first name replaced by `name`. */
export async function* packTree(path: string, name: string): AsyncGenerator<Uint8Array> {
  yield* packEntry(path, name, new Map());
  yield endOfArchive();
}

type Links = Map<string, string>;

async function* packEntry(path: string, name: string, links: Links): AsyncGenerator<Uint8Array> {
  const stats = lstatSync(bytesFromText(path));
  const known = otherName(stats, name, links);
  const type = known === undefined ? typeOf(stats) : "hardlink";
  // A socket is no thing to copy.
  if (!type) return;
  const linkTarget = type === "symlink" ? textFromBytes(readlinkSync(bytesFromText(path), "buffer")) : known;
  const entry: TarEntry = {
    path: name,
    type,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    size: type === "file" ? stats.size : 0,
    modified: epochSeconds(Math.floor(stats.mtimeMs / 1000)),
    ...(linkTarget !== undefined && { linkTarget }),
    ...((type === "char" || type === "block") && deviceOf(stats)),
  };
  yield formatHeader(entry);
  if (type === "file") yield* contentOf(path, stats.size);
  if (type !== "directory") return;
  const names = readdirSync(bytesFromText(path), { encoding: "buffer" }).map(textFromBytes).sort();
  const prefix = name === "." ? "" : `${name}/`;
  for (const child of names) yield* packEntry(`${path.replace(/\/$/, "")}/${child}`, prefix + child, links);
}

const pieceSize = 256 * 1024;

/** Exactly as many bytes as the header says, also of a file that grows or shrinks meanwhile. */
function* contentOf(path: string, size: number): Generator<Uint8Array> {
  const fd = openSync(bytesFromText(path), "r");
  try {
    for (let left = size; left > 0; ) {
      const bytes = Buffer.allocUnsafe(Math.min(left, pieceSize));
      const count = readSync(fd, bytes);
      if (count === 0) bytes.fill(0);
      const piece = count === 0 ? bytes : bytes.subarray(0, count);
      left -= piece.length;
      yield piece;
    }
  } finally {
    closeSync(fd);
  }
  yield paddingAfter(size);
}

function typeOf(stats: Stats): TarType | undefined {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isCharacterDevice()) return "char";
  if (stats.isBlockDevice()) return "block";
  return stats.isFIFO() ? "fifo" : undefined;
}

/** The name under which the same file is in the archive already. */
function otherName(stats: Stats, name: string, links: Links): string | undefined {
  if (!stats.isFile() || stats.nlink < 2) return undefined;
  const key = `${stats.dev}:${stats.ino}`;
  const known = links.get(key);
  if (known === undefined) links.set(key, name);
  return known;
}

/** Linux packs both numbers of a device into one. */
function deviceOf({ rdev }: Stats) {
  const low = rdev % 2 ** 32;
  const high = Math.floor(rdev / 2 ** 32);
  return {
    deviceMajor: ((low >>> 8) & 0xfff) + (high & ~0xfff),
    deviceMinor: (low & 0xff) + ((low >>> 12) & 0xfff00),
  };
}
