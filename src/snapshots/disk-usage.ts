import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

export interface Usage {
  readonly bytes: number;
  readonly inodes: number;
}

/** Yield to other work after so many files. */
const sliceFiles = 512;

/**
 * Apparent bytes of everything but directories, each inode once: the number Docker shows as
 * the size of a layer.
 */
export async function diskUsage(directory: string): Promise<Usage> {
  let bytes = 0;
  let inodes = 0;
  const linked = new Set<number>();
  const queue = [directory];
  for (let current = queue.pop(); current !== undefined; current = queue.pop()) {
    for (const entry of readdirSync(current, { withFileTypes: true })) {
      const path = join(current, entry.name);
      inodes++;
      if (inodes % sliceFiles === 0) await new Promise((resolve) => setImmediate(resolve));
      if (entry.isDirectory()) {
        queue.push(path);
        continue;
      }
      // A file may vanish while a container runs on this snapshot.
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (!stats || stats.isCharacterDevice() || stats.isBlockDevice()) continue;
      if (stats.nlink > 1) {
        if (linked.has(stats.ino)) continue;
        linked.add(stats.ino);
      }
      bytes += stats.size;
    }
  }
  return { bytes, inodes };
}
