import { fstatSync, readdirSync } from "node:fs";
import { closeFd, fdPath, O_PATH, openInRoot, openRoot, tryOpenInRoot } from "../sys/rooted-path.ts";
import { copyDirectoryAttributes, copyTree } from "./copy-tree.ts";

/**
 * Fills an empty volume with what the image has at the volume's place. `root` is the
 * container's root, mounted; `path` is the destination in it. A volume that holds anything,
 * and an image that has no directory there, are left as they are. Returns whether it copied.
 */
export async function copyUp(root: string, path: string, volumeDirectory: string): Promise<boolean> {
  using open = new DisposableStack();
  const found = tryOpenInRoot(root, path, O_PATH);
  if (found < 0) return false;
  const source = open.adopt(found, closeFd);
  if (!fstatSync(source).isDirectory()) return false;
  const target = open.adopt(openRoot(volumeDirectory), closeFd);
  if (readdirSync(fdPath(target)).length > 0) return false;
  await copyTree(source, target);
  copyDirectoryAttributes(source, target);
  return true;
}

/**
 * A directory or file inside a volume, links resolved with the volume as root: opened, so that
 * nobody can swap it between here and the mount. The caller closes it after mounting.
 */
export function openSubpath(volumeDirectory: string, subpath: string): number {
  return openInRoot(volumeDirectory, subpath, O_PATH);
}
