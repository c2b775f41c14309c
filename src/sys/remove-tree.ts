import { constants } from "node:fs";
import { internal } from "../errors/engine-error.ts";
import { errnoCodeOf, removeDirectoryAt, unlinkAt } from "./files.ts";
import { bindLibc, cString, errno, kernelError } from "./libc.ts";
import { namesIn } from "./names.ts";
import { closeFd, fdPath, O_CLOEXEC } from "./rooted-path.ts";
import { runCommand } from "./spawn.ts";

const libc = bindLibc({ openat: { args: ["i32", "ptr", "i32", "u32"], returns: "i32" } });
/**
 * Removes a tree of our own that may be large, without the event loop. By the program, because it
 * goes down by descriptors: the library call walks each path from the top, which for directories
 * nested two thousand deep takes ten seconds.
 */
export async function removeLargeTree(path: string): Promise<void> {
  const command = ["rm", "-rf", "--", path];
  const { code, stderr } = await runCommand(command, { timeoutMs: 600_000 });
  if (code !== 0) throw internal(`remove "${path}": ${stderr.trim() || `exit code ${code}`}`);
}

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
