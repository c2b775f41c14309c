import { constants, fstatSync } from "node:fs";
import { isOverlayAttribute, isWhiteoutNode } from "../../snapshots/whiteout.ts";
import { changeMode, changeOwner, changeTimes } from "../../sys/files.ts";
import { closeFd, fdPath, O_PATH, tryOpenInRoot, withFd } from "../../sys/rooted-path.ts";
import { getXattr, listXattrs, setXattrOfFd } from "../../sys/xattr.ts";

const readDirectory = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * A layer may put a file into a directory it does not describe. In the layer's own directory
 * that parent had to be made, and in the merged tree it would hide the owner and mode the
 * layers below gave it: so it gets theirs. `lowers` nearest first.
 */
export function inheritAttributes(upper: string, paths: readonly string[], lowers: readonly string[]): void {
  for (const path of paths) {
    const target = tryOpenInRoot(upper, path, readDirectory);
    if (target < 0) continue;
    try {
      const source = findBelow(path, lowers);
      if (source >= 0) withFd(source, (fd) => copyAttributes(fd, target));
    } finally {
      closeFd(target);
    }
  }
}

function findBelow(path: string, lowers: readonly string[]): number {
  for (const lower of lowers) {
    const fd = tryOpenInRoot(lower, path, O_PATH | constants.O_NOFOLLOW);
    if (fd < 0) continue;
    const stats = fstatSync(fd);
    if (stats.isDirectory()) return fd;
    closeFd(fd);
    if (isWhiteoutNode(stats)) return -1;
  }
  return -1;
}

function copyAttributes(from: number, to: number): void {
  const stats = fstatSync(from);
  changeOwner(to, stats.uid, stats.gid);
  changeMode(to, stats.mode & 0o7777);
  const path = `${fdPath(from)}/.`;
  for (const name of listXattrs(path)) {
    const value = isOverlayAttribute(name) ? undefined : getXattr(path, name);
    if (value) setXattrOfFd(to, name, value);
  }
  const seconds = Math.floor(stats.mtimeMs / 1000);
  changeTimes(to, { seconds, nanoseconds: Math.floor((stats.mtimeMs - seconds * 1000) * 1e6) });
}
