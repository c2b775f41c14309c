import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { dirname, join, normalize } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import { bytesFromText } from "../../lib/byte-text.ts";
import type { TarEntry } from "../../lib/tar/entry.ts";
import { TarReader } from "../../lib/tar/tar-reader.ts";

export interface UnpackOptions {
  readonly directory: string;
  /** The first part of the names that is replaced, and by what. */
  readonly from: string;
  readonly to: string;
  /** For what cannot be made here. */
  onSkipped(path: string, why: string): void;
}

/**
 * Writes an archive out of a container below a directory here, owned by the user. The archive
 * is not trusted: no name leads out, and nothing is written through a link that it brought.
 */
export async function unpackTree(archive: ReadableStream<Uint8Array>, options: UnpackOptions): Promise<void> {
  const reader = new TarReader(archive);
  const unpacker = new TreeUnpacker(options);
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    await unpacker.add(entry, reader);
  }
  await reader.drain();
  unpacker.finish();
}

class TreeUnpacker {
  readonly #options: UnpackOptions;
  /** Links that came with this archive. */
  readonly #links = new Set<string>();
  /** Directories get their time when nothing is written into them any more. */
  readonly #times: { path: Buffer; seconds: number; mode: number }[] = [];

  constructor(options: UnpackOptions) {
    this.#options = options;
  }

  async add(entry: TarEntry, reader: TarReader): Promise<void> {
    const path = this.#place(entry.path);
    const at = bytesFromText(path);
    makeRoom(path, entry.type === "directory");
    mkdirSync(bytesFromText(dirname(path)), { recursive: true });
    switch (entry.type) {
      case "directory":
        mkdirSync(at, { recursive: true });
        chmodSync(at, 0o700);
        this.#times.push({ path: at, seconds: entry.modified.seconds, mode: entry.mode });
        return;
      case "file":
        await this.#writeFile(at, entry, reader);
        return;
      case "symlink":
        symlinkSync(bytesFromText(entry.linkTarget ?? ""), at);
        this.#links.add(path);
        return;
      case "hardlink":
        linkSync(bytesFromText(this.#place(entry.linkTarget ?? "")), at);
        return;
      case "char":
      case "block":
      case "fifo":
        this.#options.onSkipped(
          path,
          `a ${entry.type === "fifo" ? "named pipe" : "device"} cannot be made here`,
        );
        return;
      default:
        entry.type satisfies never;
    }
  }

  finish(): void {
    for (const { path, seconds, mode } of this.#times.reverse()) {
      chmodSync(path, mode & 0o7777);
      utimesSync(path, seconds, seconds);
    }
  }

  async #writeFile(path: Buffer, entry: TarEntry, reader: TarReader): Promise<void> {
    const fd = openSync(path, "wx", 0o600);
    try {
      let at = 0;
      const segments = entry.sparse?.values();
      let segment = segments?.next().value;
      let inSegment = 0;
      for (let bytes = await reader.data(); bytes; bytes = await reader.data()) {
        for (let done = 0; done < bytes.length; ) {
          // A file with holes comes as its segments one after another.
          const room = segment ? segment.length - inSegment : bytes.length - done;
          if (segment && room === 0) {
            segment = segments?.next().value;
            inSegment = 0;
            continue;
          }
          const position = segment ? segment.offset + inSegment : at;
          const written = writeSync(fd, bytes, done, Math.min(room, bytes.length - done), position);
          done += written;
          inSegment += written;
          at += written;
        }
      }
    } finally {
      closeSync(fd);
    }
    chmodSync(path, entry.mode & 0o7777);
    utimesSync(path, entry.modified.seconds, entry.modified.seconds);
  }

  #place(name: string): string {
    const { directory, from, to } = this.#options;
    const renamed = from === "/" || from === "" ? `${to}/${name}` : name.replace(from, () => to);
    const clean = normalize(renamed).replace(/^\/+|\/+$/g, "");
    if (clean === ".." || clean.startsWith("../")) {
      throw invalidArgument(`refusing to copy ${JSON.stringify(name)}: it leads out of ${directory}`);
    }
    const parts = clean.split("/");
    for (let count = 1; count < parts.length; count++) {
      if (this.#links.has(join(directory, ...parts.slice(0, count)))) {
        throw invalidArgument(
          `refusing to copy ${JSON.stringify(name)}: it leads through a link of the archive`,
        );
      }
    }
    return join(directory, clean);
  }
}

/** A file makes way for a file; a directory and something else never for one another. */
function makeRoom(path: string, isDirectory: boolean): void {
  const at = bytesFromText(path);
  const there = lstatSync(at, { throwIfNoEntry: false });
  if (!there) return;
  if (there.isDirectory()) {
    if (isDirectory) return;
    throw invalidArgument(`cannot overwrite directory ${JSON.stringify(path)} with non-directory`);
  }
  if (isDirectory)
    throw invalidArgument(`cannot overwrite non-directory ${JSON.stringify(path)} with directory`);
  rmSync(at);
}
