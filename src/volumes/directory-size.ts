import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * The bytes of the files below a directory, as Docker counts them: file lengths, a file with
 * several names once, directories themselves not. Files that vanish meanwhile do not count.
 */
export async function directorySize(directory: string): Promise<number> {
  const counted = new Set<string>();
  let total = 0;
  const pending = [directory];
  for (let here = pending.pop(); here !== undefined; here = pending.pop()) {
    for (const name of await readdir(here).catch(() => [])) {
      const path = join(here, name);
      const info = await lstat(path).catch(() => undefined);
      if (!info) continue;
      if (info.isDirectory()) {
        pending.push(path);
        continue;
      }
      const inode = `${info.dev}:${info.ino}`;
      if (info.nlink > 1 && counted.has(inode)) continue;
      if (info.nlink > 1) counted.add(inode);
      total += info.size;
    }
  }
  return total;
}
