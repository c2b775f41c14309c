import { constants, lstatSync, readdirSync, type Stats } from "node:fs";
import { isWhiteoutNode } from "../../../snapshots/whiteout.ts";
import { closeFd, fdPath, O_PATH, openInRoot, openRoot, statInRoot } from "../../../sys/rooted-path.ts";
import { entryPath } from "../../../sys/xattr.ts";

/** One line of `docker diff`, with the API's numbers for C, A and D. */
export interface FileChange {
  readonly path: string;
  readonly kind: 0 | 1 | 2;
}

const [modified, added, deleted] = [0, 1, 2] as const;

/**
 * Places that every start of a container makes or fills: the engine's own files and the
 * runtime's mount points. Docker keeps them in a layer of their own; here they are left out.
 */
const made = new Set([
  "/.dockerenv",
  "/dev/console",
  "/dev/mqueue",
  "/dev/pts",
  "/dev/shm",
  "/etc/hostname",
  "/etc/hosts",
  "/etc/mtab",
  "/etc/resolv.conf",
]);
const mayBeMade = new Set(["/dev", "/etc", "/proc", "/sys"]);

/**
 * What a container changed: `upper` is the directory that holds what it adds to its image
 * (overlay's on-disk form), `lower` the image's files. Parents come before children.
 */
export function fileChanges(upper: string, lower: string): FileChange[] {
  using open = new DisposableStack();
  const top = open.adopt(openRoot(upper), closeFd);
  const below = open.adopt(openRoot(lower), closeFd);
  const changes: FileChange[] = [];
  walk(changes, top, below, "", true);
  return changes;
}

/** `known`: the image has a directory at `path` too, so that what is below it can be looked up. */
function walk(changes: FileChange[], directory: number, lower: number, path: string, known: boolean): void {
  for (const name of readdirSync(fdPath(directory)).sort()) {
    const here = `${path}/${name}`;
    const info = lstatSync(entryPath(directory, name));
    const before = known ? statInRoot(lower, here, { follow: false }) : undefined;
    if (isWhiteoutNode(info)) {
      if (before) changes.push({ path: here, kind: deleted });
      continue;
    }
    if (isMade(here, info, before)) continue;
    if (!info.isDirectory()) {
      changes.push({ path: here, kind: before ? modified : added });
      continue;
    }
    const inside: FileChange[] = [];
    const opened = openInRoot(directory, name, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      walk(inside, opened, lower, here, before?.isDirectory() ?? false);
    } finally {
      closeFd(opened);
    }
    if (inside.length > 0 || isChangedDirectory(here, info, before))
      changes.push({ path: here, kind: before ? modified : added });
    changes.push(...inside);
  }
}

/** A file of the engine's or a mount point of the runtime's: empty, and not a change of the user's. */
function isMade(path: string, info: Stats, before: Stats | undefined): boolean {
  if (!made.has(path)) return false;
  if (before && path !== "/etc/mtab") return info.isFile() && info.size === 0 && before.size === 0;
  return info.isDirectory() || info.isSymbolicLink() || info.size === 0;
}

/** A directory is in `upper` for the sake of what is in it; changed itself only if it looks different. */
function isChangedDirectory(path: string, info: Stats, before: Stats | undefined): boolean {
  // Their times change when a start makes the files above; a mode or an owner does not.
  if (mayBeMade.has(path)) return before !== undefined && !sameOwnerAndMode(info, before);
  return !before?.isDirectory() || !sameOwnerAndMode(info, before) || info.mtimeMs !== before.mtimeMs;
}

function sameOwnerAndMode(a: Stats, b: Stats): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;
}
