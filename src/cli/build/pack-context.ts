import { closeSync, openSync, readlinkSync, readSync, type Stats } from "node:fs";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import { pathArgument, textFromBytes } from "../../lib/byte-text.ts";
import type { TarEntry } from "../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../lib/tar/tar-writer.ts";
import type { ContextEntry } from "./list-context.ts";

/** Bytes that go out at once: small files are joined, large ones cut. */
const pieceSize = 1 << 20;

/** A file that is not on the disk, beside those that are. */
export interface ExtraFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * The entries as a tar. Owners are 0:0, as Docker's clients send contexts; modes and times are kept.
 * A directory left out is sent all the same when something below it is in.
 */
export function packContext(
  root: string,
  entries: Iterable<ContextEntry>,
  extra: readonly ExtraFile[] = [],
  onBytes: (count: number) => void = () => {},
): ReadableStream<Uint8Array> {
  const pieces = tarPieces(root, entries, extra);
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done) controller.close();
      else {
        onBytes(value.length);
        controller.enqueue(value);
      }
    },
    cancel() {
      pieces.return(undefined);
    },
  });
}

/** Joined to pieces; each is a buffer of its own, because who gets it may keep it for a while. */
function* tarPieces(
  root: string,
  entries: Iterable<ContextEntry>,
  extra: readonly ExtraFile[],
): Generator<Uint8Array, undefined> {
  let piece = Buffer.allocUnsafe(pieceSize);
  let filled = 0;
  for (const bytes of tarBytes(root, entries, extra)) {
    for (let at = 0; at < bytes.length; ) {
      const count = Math.min(bytes.length - at, pieceSize - filled);
      piece.set(bytes.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled < pieceSize) continue;
      yield piece;
      piece = Buffer.allocUnsafe(pieceSize);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
  return undefined;
}

function* tarBytes(
  root: string,
  entries: Iterable<ContextEntry>,
  extra: readonly ExtraFile[],
): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(256 << 10);
  /** Names of files with several links, by inode. */
  const links = new Map<string, string>();
  const waiting: ContextEntry[] = [];
  const replaced = new Set(extra.map(({ path }) => path));
  for (const entry of entries) {
    while (waiting.length > 0 && !entry.path.startsWith(`${waiting.at(-1)?.path}/`)) waiting.pop();
    if (entry.ignored) {
      if (entry.stat.isDirectory()) waiting.push(entry);
      continue;
    }
    for (const directory of waiting.splice(0)) yield formatHeader(headerOf(root, directory));
    if (!replaced.has(entry.path)) yield* entryBytes(root, entry, links, buffer);
  }
  for (const { path, bytes } of extra) {
    const modified = { seconds: Math.floor(Date.now() / 1000), nanoseconds: 0 };
    yield formatHeader({ path, type: "file", mode: 0o644, uid: 0, gid: 0, size: bytes.length, modified });
    yield bytes;
    yield paddingAfter(bytes.length);
  }
  yield endOfArchive();
}

function* entryBytes(
  root: string,
  entry: ContextEntry,
  links: Map<string, string>,
  buffer: Buffer,
): Generator<Uint8Array> {
  const { stat, path } = entry;
  if (stat.isSocket()) return;
  if (!stat.isFile()) {
    yield formatHeader(headerOf(root, entry));
    return;
  }
  if (stat.nlink > 1) {
    const key = `${stat.dev}:${stat.ino}`;
    const first = links.get(key);
    if (first !== undefined) {
      yield formatHeader({ ...headerOf(root, entry), type: "hardlink", size: 0, linkTarget: first });
      return;
    }
    links.set(key, path);
  }
  yield* fileBytes(root, entry, buffer);
}

/** As many bytes as the header says, whatever happens to the file meanwhile. */
function* fileBytes(root: string, entry: ContextEntry, buffer: Buffer): Generator<Uint8Array> {
  const { path, stat } = entry;
  const file = openFile(`${root}/${path}`);
  try {
    yield formatHeader(headerOf(root, entry));
    for (let left = stat.size; left > 0; ) {
      const count = readSync(file, buffer, 0, Math.min(left, buffer.length), null);
      if (count === 0)
        throw invalidArgument(`cannot send ${JSON.stringify(path)}: it became shorter while it was read`);
      yield buffer.subarray(0, count);
      left -= count;
    }
  } finally {
    closeSync(file);
  }
  yield paddingAfter(stat.size);
}

function openFile(path: string): number {
  try {
    return openSync(pathArgument(path), "r");
  } catch (error) {
    throw invalidArgument(`cannot read the build context: ${messageOf(error)}`, error);
  }
}

function headerOf(root: string, { path, stat }: ContextEntry): TarEntry {
  const type = typeOf(stat);
  return {
    path,
    type,
    mode: stat.mode & 0o7777,
    uid: 0,
    gid: 0,
    size: type === "file" ? stat.size : 0,
    modified: { seconds: Math.floor(stat.mtimeMs / 1000), nanoseconds: 0 },
    ...(type === "symlink" && { linkTarget: linkTarget(`${root}/${path}`) }),
    ...((type === "char" || type === "block") && {
      deviceMajor: stat.rdev >> 8,
      deviceMinor: stat.rdev & 0xff,
    }),
  };
}

const linkTarget = (path: string) => textFromBytes(readlinkSync(pathArgument(path), { encoding: "buffer" }));

function typeOf(stat: Stats): TarEntry["type"] {
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isCharacterDevice()) return "char";
  if (stat.isBlockDevice()) return "block";
  return stat.isFIFO() ? "fifo" : "file";
}
