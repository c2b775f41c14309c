import { constants, fstatSync, readdirSync } from "node:fs";
import type { HeaderOptions } from "../../lib/tar/tar-writer.ts";
import { closeFd, fdPath, O_PATH, openInRoot, openRoot, tryOpenInRoot } from "../../sys/rooted-path.ts";
import { archivePath } from "../unpack/archive-path.ts";
import { streamOf, TarPacker } from "./tar-packer.ts";

export interface ExportOptions extends HeaderOptions {
  /** What to export, as a path inside the root (links above it resolve inside); all of it by default. */
  readonly path?: string;
  /** The name it gets in the archive; by default its own. `""` leaves the top directory itself out. */
  readonly name?: string;
}

/**
 * A tar of a directory tree, or of one file of it: `docker export`, `docker cp` out of a
 * container. Every step goes through open directories, so links that change meanwhile lead
 * nowhere. Sorted by name, so the same tree gives the same bytes.
 */
export function exportTree(root: string, options: ExportOptions = {}): ReadableStream<Uint8Array> {
  return streamOf(treeChunks(root, options));
}

async function* treeChunks(root: string, options: ExportOptions): AsyncGenerator<Uint8Array> {
  const packer = new TarPacker(options);
  const parts = archivePath(options.path ?? "");
  const own = parts.at(-1);
  const rootFd = openRoot(root);
  try {
    if (own === undefined) {
      yield* directoryChunks(packer, rootFd, ".", options.name ?? "");
    } else {
      const parent = openInRoot(rootFd, parts.slice(0, -1).join("/") || "/", O_PATH | constants.O_DIRECTORY);
      try {
        yield* entryChunks(packer, parent, own, options.name ?? own);
      } finally {
        closeFd(parent);
      }
    }
    yield* packer.end();
  } finally {
    closeFd(rootFd);
  }
}

/** An entry, and if it is a directory all that is in it. */
async function* entryChunks(
  packer: TarPacker,
  dir: number,
  name: string,
  path: string,
): AsyncGenerator<Uint8Array> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const fd = tryOpenInRoot(dir, name, flags);
  if (fd < 0) {
    yield* packer.add(dir, name, path);
    return;
  }
  try {
    yield* openDirectoryChunks(packer, fd, dir, name, path);
  } finally {
    closeFd(fd);
  }
}

async function* directoryChunks(
  packer: TarPacker,
  dir: number,
  name: string,
  path: string,
): AsyncGenerator<Uint8Array> {
  const fd = openInRoot(dir, name, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    yield* openDirectoryChunks(packer, fd, dir, name, path);
  } finally {
    closeFd(fd);
  }
}

async function* openDirectoryChunks(
  packer: TarPacker,
  fd: number,
  dir: number,
  name: string,
  path: string,
): AsyncGenerator<Uint8Array> {
  if (path !== "") yield* packer.add(dir, name, path);
  const device = fstatSync(fd).dev;
  for (const { name: child, isDirectory } of sortedEntries(fd)) {
    const below = path === "" ? child : `${path}/${child}`;
    if (isDirectory) yield* childChunks(packer, fd, child, below, device);
    else yield* packer.add(fd, child, below);
  }
}

/** A directory on another file system is a mount point: it is listed, what is mounted there is not. */
async function* childChunks(
  packer: TarPacker,
  dir: number,
  name: string,
  path: string,
  device: number,
): AsyncGenerator<Uint8Array> {
  const fd = tryOpenInRoot(dir, name, O_PATH | constants.O_NOFOLLOW);
  if (fd < 0) return;
  const same = fstatSync(fd).dev === device;
  closeFd(fd);
  if (same) yield* entryChunks(packer, dir, name, path);
  else yield* packer.add(dir, name, path);
}

function sortedEntries(fd: number): { name: string; isDirectory: boolean }[] {
  return readdirSync(fdPath(fd), { withFileTypes: true })
    .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
