import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { bytesFromText } from "../../lib/byte-text.ts";
import { epochSeconds, type TarEntry } from "../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../lib/tar/tar-writer.ts";
import type { FileMapping } from "./watch-rules.ts";

export interface PackedFiles {
  archive(): ReadableStream<Uint8Array>;
  /** How many are in it. */
  readonly present: number;
  /** Where files were that are gone. */
  readonly gone: readonly string[];
}

/** Files as an archive from the root of a container; what is no longer there is only named. */
export function packFiles(files: readonly FileMapping[]): PackedFiles {
  const present = files.filter(({ path }) => exists(path));
  const gone = files.filter(({ path }) => !exists(path)).map(({ target }) => target);
  // Folders before what is in them.
  const sorted = present.toSorted((a, b) => (a.target < b.target ? -1 : 1));
  return { archive: () => streamOf(blocks(sorted)), present: present.length, gone };
}

function streamOf(pieces: Iterator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      pull(controller) {
        const { done, value } = pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

function* blocks(files: readonly FileMapping[]): Generator<Uint8Array> {
  for (const file of files) yield* entryOf(file);
  yield endOfArchive();
}

function* entryOf({ path, target }: FileMapping): Generator<Uint8Array> {
  const stats = lstatSync(bytesFromText(path), { throwIfNoEntry: false });
  const type = stats && typeOf(stats);
  // Gone since; its end will be told of as well.
  if (!stats || !type) return;
  const content = type === "file" ? contentOf(path) : new Uint8Array(0);
  if (!content) return;
  const entry: TarEntry = {
    path: target.replace(/^\/+/, ""),
    type,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    // The file may be growing: what was read is what is sent.
    size: content.length,
    modified: epochSeconds(Math.floor(stats.mtimeMs / 1000)),
    ...(type === "symlink" && { linkTarget: readlinkSync(path) }),
  };
  yield formatHeader(entry);
  if (content.length > 0) yield content;
  yield paddingAfter(content.length);
}

function typeOf(stats: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }) {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "symlink" : undefined;
}

function contentOf(path: string): Uint8Array | undefined {
  try {
    return readFileSync(bytesFromText(path));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function exists(path: string): boolean {
  return lstatSync(bytesFromText(path), { throwIfNoEntry: false }) !== undefined;
}
