import { constants, fstatSync } from "node:fs";
import { isWhiteoutNode } from "../../snapshots/whiteout.ts";
import { changeTimesAt, removeDirectoryAt, unlinkAt } from "../../sys/files.ts";
import { exactLstatOf, namesIn } from "../../sys/names.ts";
import {
  closeFd,
  fdPath,
  O_PATH,
  openInRoot,
  openRoot,
  tryOpenInRoot,
  withFd,
} from "../../sys/rooted-path.ts";
import { entryPath } from "../../sys/xattr.ts";
import type { CommitOptions } from "./tree-store.ts";

const directoryOnly = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Yield to other work after so many files. */
const sliceFiles = 512;

/** Last changes to what a step wrote, once nothing is mounted on it any more. `lowers` nearest first. */
export async function finishLayer(
  upper: string,
  lowers: readonly string[],
  options: CommitOptions,
): Promise<void> {
  if (!options.mountPoints && options.newest === undefined) return;
  const root = openRoot(upper);
  try {
    // Deepest first: a directory that held nothing but mount points is empty then.
    const points = [...(options.mountPoints ?? [])].sort((a, b) => b.length - a.length);
    for (const point of points) dropEmpty(root, point, lowers);
    if (options.newest !== undefined) await limitTimes(root, options.newest);
  } finally {
    closeFd(root);
  }
}

/** What was made to mount on, and still holds nothing, was no doing of the step. */
function dropEmpty(root: number, path: string, lowers: readonly string[]): void {
  const parts = path.split("/").filter((part) => part !== "");
  const name = parts.pop();
  if (name === undefined || isBelow(parts.length === 0 ? name : `${parts.join("/")}/${name}`, lowers)) return;
  const above = tryOpenInRoot(root, parts.join("/") || "/", O_PATH | constants.O_DIRECTORY);
  if (above < 0) return;
  try {
    const entry = tryOpenInRoot(above, name, O_PATH | constants.O_NOFOLLOW);
    if (entry < 0) return;
    const stats = withFd(entry, (fd) => fstatSync(fd));
    if (stats.isDirectory()) {
      const names = withFd(openInRoot(above, name, directoryOnly), (fd) => namesIn(fdPath(fd)));
      if (names.length === 0) removeDirectoryAt(above, name);
    } else if (stats.isSymbolicLink() || (stats.isFile() && stats.size === 0)) unlinkAt(above, name);
  } finally {
    closeFd(above);
  }
}

function isBelow(path: string, lowers: readonly string[]): boolean {
  for (const lower of lowers) {
    const fd = tryOpenInRoot(lower, path, O_PATH | constants.O_NOFOLLOW);
    if (fd < 0) continue;
    return withFd(fd, (open) => !isWhiteoutNode(fstatSync(open)));
  }
  return false;
}

/** No time in the layer is later than `newest`: the same step gives the same bytes at another time. */
async function limitTimes(root: number, newest: number): Promise<void> {
  const limit = { seconds: newest, nanoseconds: 0 };
  const limitNs = BigInt(newest) * 1_000_000_000n;
  let seen = 0;
  const visit = async (directory: number): Promise<void> => {
    for (const name of namesIn(fdPath(directory))) {
      if (++seen % sliceFiles === 0) await new Promise((resolve) => setImmediate(resolve));
      const stats = exactLstatOf(entryPath(directory, name));
      if (stats.isDirectory()) {
        const child = openInRoot(directory, name, directoryOnly);
        try {
          await visit(child);
        } finally {
          closeFd(child);
        }
      }
      if (stats.mtimeNs > limitNs) changeTimesAt(directory, name, limit);
    }
  };
  const top = openInRoot(root, "/", directoryOnly);
  try {
    await visit(top);
    if (exactLstatOf(`${fdPath(top)}/.`).mtimeNs > limitNs) changeTimesAt(top, ".", limit);
  } finally {
    closeFd(top);
  }
}
