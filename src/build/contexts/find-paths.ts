import { constants } from "node:fs";
import { posix } from "node:path";
import { compileGlob } from "../../lib/glob.ts";
import { namesIn } from "../../sys/names.ts";
import { fdPath, statInRoot, tryOpenInRoot, withFd } from "../../sys/rooted-path.ts";

export interface FindOptions {
  /** `**` stands for any number of directories: `COPY --parents`. */
  readonly deep: boolean;
}

/**
 * The paths below an open root that a COPY source means, sorted, without a leading slash; `""` is the
 * root itself. Links are followed, but never out of the root. A name without wildcards that is not
 * there gives undefined, wildcards that fit nothing an empty list.
 */
export function findPaths(root: number, source: string, options: FindOptions): string[] | undefined {
  const clean = posix.normalize(`/${source}`).replace(/\/+$/, "").slice(1);
  if (!hasWildcards(clean))
    return clean === "" || statInRoot(root, clean, { follow: true }) ? [clean] : undefined;
  let found = [""];
  for (const part of clean.split("/")) found = found.flatMap((path) => step(root, path, part, options));
  return [...new Set(found)].sort();
}

function step(root: number, path: string, part: string, { deep }: FindOptions): string[] {
  if (deep && part === "**") return [path, ...directoriesBelow(root, path)];
  if (!hasWildcards(part)) {
    const child = join(path, part);
    return statInRoot(root, child, { follow: true }) ? [child] : [];
  }
  const matches = compileGlob(part);
  return namesAt(root, path)
    .filter(matches)
    .map((name) => join(path, name));
}

/** Links to directories are not followed here: they may lead round in circles. */
function directoriesBelow(root: number, path: string): string[] {
  const found: string[] = [];
  for (const name of namesAt(root, path)) {
    const child = join(path, name);
    if (!statInRoot(root, child, { follow: false })?.isDirectory()) continue;
    found.push(child, ...directoriesBelow(root, child));
  }
  return found;
}

function namesAt(root: number, path: string): string[] {
  const fd = tryOpenInRoot(root, path === "" ? "/" : path, constants.O_RDONLY | constants.O_DIRECTORY);
  return fd < 0 ? [] : withFd(fd, (open) => namesIn(fdPath(open)));
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

function hasWildcards(text: string): boolean {
  return /[*?[\\]/.test(text);
}
