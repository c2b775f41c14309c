import { lstatSync } from "node:fs";
import { pathArgument } from "../lib/byte-text.ts";
import { errnoOf } from "./errno-of.ts";
import { namesIn } from "./names.ts";

/** Yield to other work after so many files. */
const sliceFiles = 256;
const blockSize = 512;

/**
 * Bytes on the disk below a directory as `du -x` counts them: blocks, folders too, each file
 * once however many names it has, nothing of other file systems. `part` says what a path
 * belongs to, by its words below the root; what it does not know belongs to what is above it.
 */
export async function diskBlocks<Part>(
  root: string,
  whole: Part,
  part: (words: readonly string[]) => Part | undefined,
  depth: number,
): Promise<Map<Part, number>> {
  const sums = new Map<Part, number>();
  const seen = new Set<string>();
  const device = lstatSync(root).dev;
  const queue: { readonly path: string; readonly words: readonly string[]; readonly owner: Part }[] = [
    { path: root, words: [], owner: whole },
  ];
  let count = 0;
  for (let current = queue.pop(); current; current = queue.pop()) {
    if (++count % sliceFiles === 0) await new Promise((resolve) => setImmediate(resolve));
    const stats = lstatSync(pathArgument(current.path), { throwIfNoEntry: false });
    if (!stats || stats.dev !== device) continue;
    if (stats.nlink > 1 && !stats.isDirectory()) {
      const inode = String(stats.ino);
      if (seen.has(inode)) continue;
      seen.add(inode);
    }
    sums.set(current.owner, (sums.get(current.owner) ?? 0) + stats.blocks * blockSize);
    if (!stats.isDirectory()) continue;
    for (const name of namesStillIn(current.path)) {
      const words = current.words.length < depth ? [...current.words, name] : current.words;
      const isKnown = current.words.length >= depth;
      const owner = isKnown ? current.owner : (part(words) ?? current.owner);
      // Not path.join: that one makes text of what is bytes.
      queue.push({ path: `${current.path}/${name}`, words, owner });
    }
  }
  return sums;
}

/** What is deleted meanwhile is not counted. */
function namesStillIn(directory: string): string[] {
  try {
    return namesIn(directory);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
