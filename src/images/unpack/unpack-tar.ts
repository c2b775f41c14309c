import { constants } from "node:fs";
import { machineFault } from "../../errors/disk-failure.ts";
import { cancelled, EngineError, invalidArgument } from "../../errors/engine-error.ts";
import type { ByteStream } from "../../lib/byte-source.ts";
import type { TarEntry } from "../../lib/tar/entry.ts";
import { TarReader } from "../../lib/tar/tar-reader.ts";
import { changeTimes, errnoCodeOf } from "../../sys/files.ts";
import { closeFd, openInRoot, openRoot, tryOpenInRoot } from "../../sys/rooted-path.ts";
import { archivePath } from "./archive-path.ts";
import { EntryWriter, type WriteOptions } from "./entry-writer.ts";
import { NoSpace, UnpackBudget, type UnpackLimits } from "./unpack-budget.ts";

export interface UnpackOptions extends WriteOptions {
  /** Directory inside the root to unpack into (made if missing); links in it resolve inside the root. */
  readonly destination?: string;
  readonly signal?: AbortSignal;
  readonly limits?: UnpackLimits;
  /** Reads along the content of files while it passes; undefined for files that need not be read. */
  readonly onFile?: (path: string, entry: TarEntry) => FileReader | undefined;
}

/** Gets all bytes of one file, holes of sparse ones left out, and its end once the file is whole. */
export interface FileReader {
  bytes(part: Uint8Array): void;
  end(): void;
}

export interface Unpacked {
  /** Apparent bytes of files and links. */
  readonly bytes: number;
  readonly entries: number;
  /** Directories that had to be made though no entry describes them, as paths below the root. */
  readonly implicitDirectories: readonly string[];
}

/** Longer than this the event loop is not held by a run of entries that are all in memory. */
const sliceMs = 8;

/**
 * Unpacks a plain tar stream below `root`, a directory path. Nothing outside of it is ever
 * written, whatever the archive says and whoever changes links below it meanwhile (see
 * sys/rooted-path). On an error what was written so far stays: the caller drops the directory.
 */
// trail: image load
export async function unpackTar(stream: ByteStream, root: string, options: UnpackOptions): Promise<Unpacked> {
  const rootFd = openRoot(root);
  const base = archivePath(options.destination ?? "");
  const writer = new EntryWriter(rootFd, base, options);
  const reader = new TarReader(stream);
  const budget = new UnpackBudget(root, options.limits);
  try {
    let sliceEnd = performance.now() + sliceMs;
    for (let entry = await reader.next(); entry; entry = await reader.next()) {
      if (options.signal?.aborted) throw cancelled("unpacking was cancelled", options.signal.reason);
      try {
        budget.entry();
        await writeEntry(
          writer,
          reader,
          [...base, ...archivePath(entry.path)],
          entry,
          budget,
          options.onFile,
        );
      } catch (error) {
        throw inEntry(entry, error);
      }
      if (performance.now() < sliceEnd) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sliceEnd = performance.now() + sliceMs;
    }
    await reader.drain();
    setDirectoryTimes(rootFd, writer);
    return {
      bytes: writer.bytes,
      entries: budget.entries,
      implicitDirectories: [...writer.implicitDirectories],
    };
  } catch (error) {
    await reader.close();
    throw error;
  } finally {
    writer.close();
    closeFd(rootFd);
  }
}

async function writeEntry(
  writer: EntryWriter,
  reader: TarReader,
  parts: readonly string[],
  entry: TarEntry,
  budget: UnpackBudget,
  onFile: UnpackOptions["onFile"],
): Promise<void> {
  const file = writer.begin(parts, entry);
  if (!file) return;
  const along = onFile?.(parts.join("/"), entry);
  try {
    for (let part = await reader.data(); part; part = await reader.data()) {
      budget.bytes(part.length);
      along?.bytes(part);
      file.write(part);
    }
    file.finish();
    along?.end();
  } finally {
    file.close();
  }
}

function inEntry(entry: TarEntry, error: unknown): unknown {
  if (!(error instanceof EngineError)) {
    // node:fs speaks of errno without kinds: a full disk while writing.
    const code = errnoCodeOf(error);
    if (code === undefined) return error;
    const fault = machineFault(code);
    const kind = fault === undefined ? "invalid_argument" : "internal";
    return new EngineError(kind, `unpack ${shown(entry)}: ${fault ?? code}`, error);
  }
  if (error.kind === "cancelled" || error instanceof NoSpace) return error;
  // What the kernel refuses is the archive's fault, except where the machine itself has run out.
  const fault = machineFault(errnoCodeOf(error));
  const name = shown(entry);
  if (fault !== undefined) return new EngineError("internal", `unpack ${name}: ${fault}`, error.cause);
  if (error.message.includes(name)) return error;
  return new EngineError("invalid_argument", `unpack ${name}: ${error.message}`, error.cause);
}

function shown({ path }: TarEntry): string {
  return JSON.stringify(path.slice(0, 200));
}

/** Last, because every file made in a directory changes its time. */
function setDirectoryTimes(rootFd: number, writer: EntryWriter): void {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  for (const [path, modified] of writer.directoryTimes) {
    const fd = path === "" ? openInRoot(rootFd, "/", flags) : tryOpenInRoot(rootFd, path, flags);
    // Gone or replaced by a later entry: then its time does not matter.
    if (fd < 0) continue;
    try {
      changeTimes(fd, modified);
    } catch (error) {
      throw invalidArgument(`unpack "${path}": bad modification time`, error);
    } finally {
      closeFd(fd);
    }
  }
}
