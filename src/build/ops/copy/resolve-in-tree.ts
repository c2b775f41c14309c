import { invalidArgument } from "../../../errors/engine-error.ts";
import { targetOf } from "../../../sys/names.ts";
import { closeFd, O_PATH, openInRoot, statInRoot } from "../../../sys/rooted-path.ts";
import { entryPath } from "../../../sys/xattr.ts";

/** As many as the kernel follows. */
const mostLinks = 40;

/**
 * Where a path of a tree leads when all links are followed, as names below its root; what is not
 * there yet counts as it is written. Nothing leads out of the root: `..` stops at it, and absolute
 * links begin at it.
 */
export function resolveInTree(root: number, path: string): string[] {
  const pending = path.split("/").filter((part) => part !== "");
  const done: string[] = [];
  for (let links = 0; pending.length > 0; ) {
    const part = pending.shift() ?? "";
    if (part === ".") continue;
    if (part === "..") {
      done.pop();
      continue;
    }
    const here = [...done, part].join("/");
    if (!statInRoot(root, here, { follow: false })?.isSymbolicLink()) {
      done.push(part);
      continue;
    }
    if (++links > mostLinks) throw invalidArgument(`too many links in "${path}"`);
    const target = linkTarget(root, done, part);
    if (target.startsWith("/")) done.length = 0;
    pending.unshift(...target.split("/").filter((name) => name !== ""));
  }
  return done;
}

function linkTarget(root: number, directory: readonly string[], name: string): string {
  const fd = openInRoot(root, directory.join("/") || "/", O_PATH);
  try {
    return targetOf(entryPath(fd, name));
  } finally {
    closeFd(fd);
  }
}
