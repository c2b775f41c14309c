import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { removeLargeTree } from "../sys/remove-tree.ts";

/** Makes the directory that holds what a snapshot adds. The root of the merged tree shows owner and mode of the topmost layer: they are carried upward. */
export function makeUpper(path: string, parent: string | undefined): void {
  mkdirSync(path, { mode: 0o755 });
  if (parent === undefined) {
    chmodSync(path, 0o755);
    return;
  }
  const { mode, uid, gid } = statSync(parent);
  if (uid !== 0 || gid !== 0) chownSync(path, uid, gid);
  if ((mode & 0o7777) !== 0o755 || process.umask() !== 0o022) chmodSync(path, mode & 0o7777);
}

/** Most containers leave a handful of files: those go at once, without the thread pool. */
const fewEntries = 64;

export async function removeSnapshotDirectory(directory: string): Promise<void> {
  if (isSmall(directory)) rmSync(directory, { recursive: true, force: true });
  else await removeLargeTree(directory);
}

function isSmall(directory: string): boolean {
  let seen = 0;
  const queue = [directory];
  for (let current = queue.pop(); current !== undefined; current = queue.pop()) {
    const entries = readdirSync(current, { withFileTypes: true });
    seen += entries.length;
    if (seen > fewEntries) return false;
    for (const entry of entries) {
      // A name that is no text cannot be followed here.
      if (entry.name.includes("\ufffd")) return false;
      if (entry.isDirectory()) queue.push(join(current, entry.name));
    }
  }
  return true;
}
