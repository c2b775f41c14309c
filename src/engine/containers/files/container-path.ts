import { type BigIntStats, lstatSync, readlinkSync } from "node:fs";
import { posix } from "node:path";
import { invalidArgument, notFound } from "../../../errors/engine-error.ts";
import { errnoCodeOf } from "../../../sys/files.ts";
import { closeFd, O_PATH, openInRoot, realPathInRoot, statInRoot } from "../../../sys/rooted-path.ts";
import { entryPath } from "../../../sys/xattr.ts";
import type { PathStat } from "../../services/containers.ts";

/** A file found in a container: the directory it is in (opened, to be closed by the caller) and its name there. */
export interface FoundPath {
  readonly directory: number;
  readonly name: string;
  readonly stat: PathStat;
}

/**
 * A client's path as an absolute one. A slash or `/.` at its end is kept: it asks for what a
 * link points at, and `/.` for a directory's content instead of the directory.
 */
export function absolutePath(path: string): string {
  const clean = posix.normalize(`/${path}`);
  const bare = clean.length > 1 && clean.endsWith("/") ? clean.slice(0, -1) : clean;
  if (posix.basename(path) === "." || path === ".") return bare === "/" ? "/." : `${bare}/.`;
  return path.endsWith("/") && bare !== "/" ? `${bare}/` : bare;
}

/** The name entries of an archive of this path begin with. */
export function archiveName(absolute: string): string {
  if (absolute === "/") return "/";
  return posix.basename(absolute);
}

/** Finds a path with Docker's errors; `container` is how the client called it. */
export function findPath(root: number, path: string, container: string): FoundPath {
  if (path.includes("\0")) throw invalidArgument("a path cannot contain NUL");
  const absolute = absolutePath(path);
  const follows = absolute.endsWith("/") || absolute.endsWith("/.");
  const [parent, name] = follows ? [absolute, "."] : [posix.dirname(absolute), posix.basename(absolute)];
  try {
    const directory = openInRoot(root, parent, O_PATH);
    try {
      const info = lstatSync(entryPath(directory, name), { bigint: true });
      const stat = describe(root, absolute, info, () => readlinkSync(entryPath(directory, name)));
      return { directory, name, stat };
    } catch (error) {
      closeFd(directory);
      throw error;
    }
  } catch (error) {
    throw pathError(error, path, container, "lstat");
  }
}

/** An error of looking for a path, as clients know it. */
export function pathError(error: unknown, path: string, container: string, action: string): unknown {
  switch (errnoCodeOf(error)) {
    case "ENOENT":
      return notFound(`Could not find the file ${path} in container ${container}`, error);
    case "ENOTDIR":
      return invalidArgument(`${action} ${path}: not a directory`, error);
    case "ELOOP":
      return invalidArgument(`${action} ${path}: too many levels of symbolic links`, error);
    case "ENAMETOOLONG":
      return invalidArgument(`${action} ${path}: file name too long`, error);
    default:
      return error;
  }
}

function describe(root: number, absolute: string, info: BigIntStats, link: () => string): PathStat {
  return {
    name: archiveName(absolute),
    size: Number(info.size),
    mode: goFileMode(Number(info.mode)),
    mtime: rfc3339(info),
    linkTarget: info.isSymbolicLink() ? linkTarget(root, absolute, link()) : "",
  };
}

/** The modification time as Go prints it: nanoseconds, without zeros at the end. */
function rfc3339(info: BigIntStats): string {
  const seconds = info.mtime.toISOString().slice(0, 19);
  const billion = 1_000_000_000n;
  const nanoseconds = ((info.mtimeNs % billion) + billion) % billion;
  const fraction = nanoseconds.toString().padStart(9, "0").replace(/0+$/, "");
  return `${seconds}${fraction === "" ? "" : `.${fraction}`}Z`;
}

/** Where a link leads in the end, as a path in the container, also when nothing is there. */
function linkTarget(root: number, absolute: string, link: string): string {
  let here = absolute;
  let target = link;
  for (let hops = 0; hops < 255; hops++) {
    here = posix.resolve(realDirectory(root, posix.dirname(here)), target);
    const info = statInRoot(root, here, { follow: false });
    if (!info?.isSymbolicLink())
      return posix.join(realDirectory(root, posix.dirname(here)), posix.basename(here));
    const directory = openInRoot(root, posix.dirname(here), O_PATH);
    try {
      target = readlinkSync(entryPath(directory, posix.basename(here)));
    } finally {
      closeFd(directory);
    }
  }
  return here;
}

function realDirectory(root: number, path: string): string {
  try {
    return realPathInRoot(root, path);
  } catch (error) {
    if (errnoCodeOf(error) === "ENOENT" || errnoCodeOf(error) === "ENOTDIR") return path;
    throw error;
  }
}

const typeBits: readonly (readonly [number, number])[] = [
  [0o040000, 2 ** 31], // directory
  [0o120000, 2 ** 27], // symbolic link
  [0o060000, 2 ** 26], // block device
  [0o010000, 2 ** 25], // named pipe
  [0o140000, 2 ** 24], // socket
  [0o020000, 2 ** 26 + 2 ** 21], // character device
];

/** st_mode as Go's os.FileMode has it: the type in the high bits, setuid and friends apart. */
export function goFileMode(mode: number): number {
  const type = typeBits.find(([bits]) => (mode & 0o170000) === bits)?.[1] ?? 0;
  const special =
    ((mode & 0o4000) !== 0 ? 2 ** 23 : 0) +
    ((mode & 0o2000) !== 0 ? 2 ** 22 : 0) +
    ((mode & 0o1000) !== 0 ? 2 ** 20 : 0);
  return type + special + (mode & 0o777);
}
