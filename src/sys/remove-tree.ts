import { constants } from "node:fs";
import { errnoCodeOf, removeDirectoryAt, unlinkAt } from "./files.ts";
import { bindLibc, cString, errno, kernelError } from "./libc.ts";
import { namesIn } from "./names.ts";
import { closeFd, fdPath, O_CLOEXEC } from "./rooted-path.ts";

const libc = bindLibc({ openat: { args: ["i32", "ptr", "i32", "u32"], returns: "i32" } });
const openDirectory = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC;

/**
 * Removes `name` of an open directory with all that is in it, going down by descriptors and
 * never through a link: what is swapped in meanwhile cannot lead outside. Not there is fine.
 */
export function removeTreeAt(dir: number, name: string): void {
  try {
    unlinkAt(dir, name);
    return;
  } catch (error) {
    const code = errnoCodeOf(error);
    if (code === "ENOENT") return;
    if (code !== "EISDIR" && code !== "EPERM") throw error;
  }
  const fd = libc().openat(dir, cString(name), openDirectory, 0);
  if (fd < 0) throw kernelError(`open directory "${name}"`, errno());
  try {
    for (const child of namesIn(fdPath(fd))) removeTreeAt(fd, child);
  } finally {
    closeFd(fd);
  }
  removeDirectoryAt(dir, name);
}
