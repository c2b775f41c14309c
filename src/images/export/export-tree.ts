import { constants, fstatSync } from "node:fs";
import { namesIn } from "../../sys/names.ts";
import { closeFd, fdPath, O_PATH, openInRoot, openRoot, tryOpenInRoot } from "../../sys/rooted-path.ts";
import { archivePath } from "../unpack/archive-path.ts";
import { type PackOptions, streamOf, TarPacker } from "./tar-packer.ts";

export interface ExportOptions extends PackOptions {
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

export interface NamedTree {
  readonly path: string;
  /** Of its directory in the archive; empty: its entries stand at the top. */
  readonly name: string;
}

/** Several trees in one tar. */
export function exportTrees(trees: readonly NamedTree[]): ReadableStream<Uint8Array> {
  return streamOf(treesChunks(trees));
}

async function* treesChunks(trees: readonly NamedTree[]): AsyncGenerator<Uint8Array> {
  const packer = new TarPacker();
  for (const { path, name } of trees) {
    const root = openRoot(path);
    try {
      yield* entryChunks(packer, root, ".", name, fstatSync(root).dev);
    } finally {
      closeFd(root);
    }
  }
  yield* packer.end();
}

/**
 * What `name` in an open directory is, with everything below it, its entries named from `as`
 * on; with an empty `as` only what is below. Unlike `exportTree` it goes into what is mounted
 * there: a view of a container has its volumes in place.
 */
export async function* exportEntry(directory: number, name: string, as: string): AsyncGenerator<Uint8Array> {
  const packer = new TarPacker();
  yield* entryChunks(packer, directory, name, as, anyDevice);
  yield* packer.end();
}

const anyDevice = undefined;

async function* treeChunks(root: string, options: ExportOptions): AsyncGenerator<Uint8Array> {
  const packer = new TarPacker(options);
  const parts = archivePath(options.path ?? "");
  const own = parts.at(-1);
  const rootFd = openRoot(root);
  try {
    if (own === undefined) {
      yield* entryChunks(packer, rootFd, ".", options.name ?? "", fstatSync(rootFd).dev);
    } else {
      const parent = openInRoot(rootFd, parts.slice(0, -1).join("/") || "/", O_PATH | constants.O_DIRECTORY);
      try {
        yield* entryChunks(packer, parent, own, options.name ?? own, fstatSync(parent).dev);
      } finally {
        closeFd(parent);
      }
    }
    yield* packer.end();
  } finally {
    closeFd(rootFd);
  }
}

/** An entry, and if it is a directory all that is in it and on the same device, if one is named. */
async function* entryChunks(
  packer: TarPacker,
  dir: number,
  name: string,
  path: string,
  device: number | undefined,
): AsyncGenerator<Uint8Array> {
  const fd = tryOpenInRoot(dir, name, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  if (fd < 0) {
    yield* packer.add(dir, name, path);
    return;
  }
  try {
    if (path !== "") yield* packer.add(dir, name, path);
    // Another file system here is a mount point: it is listed, what is mounted there is not.
    if (device !== undefined && fstatSync(fd).dev !== device) return;
    for (const child of namesIn(fdPath(fd)).sort()) {
      const below = path === "" || path.endsWith("/") ? `${path}${child}` : `${path}/${child}`;
      yield* entryChunks(packer, fd, child, below, device);
    }
  } finally {
    closeFd(fd);
  }
}
