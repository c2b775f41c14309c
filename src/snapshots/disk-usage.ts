import { lstatSync } from "node:fs";
import { pathArgument } from "../lib/byte-text.ts";
import { errnoOf } from "../sys/errno-of.ts";
import { namesIn } from "../sys/names.ts";

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
    for (const name of namesStillIn(current)) {
      // Not path.join: that one makes text of what is bytes.
      const path = `${current}/${name}`;
      inodes++;
      if (inodes % sliceFiles === 0) await new Promise((resolve) => setImmediate(resolve));
      const stats = lstatSync(pathArgument(path), { throwIfNoEntry: false });
      if (stats?.isDirectory()) queue.push(path);
      if (!stats || stats.isDirectory() || stats.isCharacterDevice() || stats.isBlockDevice()) continue;
      if (stats.nlink > 1) {
        if (linked.has(stats.ino)) continue;
        linked.add(stats.ino);
      }
      bytes += stats.size;
    }
  }
  return { bytes, inodes };
}

/** What a running container deletes meanwhile is not counted. */
function namesStillIn(directory: string): string[] {
  try {
    return namesIn(directory);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
