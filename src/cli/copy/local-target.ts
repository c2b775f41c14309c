import { lstatSync, readlinkSync, type Stats, statSync } from "node:fs";
import { dirname, normalize, resolve } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import { reasonOf } from "../flags/container/environment.ts";
import { splitPath } from "./paths.ts";
import type { Source, Target } from "./plan-copy.ts";

/** Links one after another; more are a circle. */
const longestChain = 10;

/** Where a copy here goes to: its parent must be there, and it may be a link to somewhere. */
export function localTarget(path: string): Target {
  const parent = dirname(normalize(path));
  if (!statSync(parent, { throwIfNoEntry: false })) {
    throw invalidArgument(`invalid output path: directory ${JSON.stringify(parent)} does not exist`);
  }
  let at = path;
  for (let links = 0; ; links++) {
    const stats = lstatSync(at.replace(/(?<=.)\/\.?$/, ""), { throwIfNoEntry: false });
    if (!stats) return { path: at, exists: false, isDirectory: false };
    if (!stats.isSymbolicLink()) {
      checkKind(path, stats);
      return { path: at, exists: true, isDirectory: stats.isDirectory() };
    }
    if (links === longestChain) throw invalidArgument(`too many symlinks in ${JSON.stringify(path)}`);
    at = resolve(dirname(normalize(at)), readlinkSync(at.replace(/(?<=.)\/\.?$/, "")));
  }
}

function checkKind(path: string, stats: Stats): void {
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return;
  throw invalidArgument(
    `invalid output path: ${JSON.stringify(path)} must be a directory or a regular file: got a device`,
  );
}

/** What is copied from here; `follow`: a link stands for what it leads to, under its own name. */
export function localSource(path: string, follow: boolean): Source {
  const bare = path.replace(/(?<=.)\/\.?$/, "");
  let stats: Stats;
  try {
    stats = lstatSync(bare);
    // `link/` and `link/.` are the directory behind it.
    if (stats.isSymbolicLink() && (follow || bare !== path)) {
      const real = statSync(bare);
      const { name } = splitPath(path);
      const target = realPath(bare);
      const end = path.slice(bare.length);
      return { path: target + end, isDirectory: real.isDirectory(), ...(name !== "." && { name }) };
    }
  } catch (error) {
    throw invalidArgument(`lstat ${bare}: ${reasonOf(error)}`, error);
  }
  if (bare !== path && !stats.isDirectory()) throw invalidArgument("not a directory");
  return { path, isDirectory: stats.isDirectory() };
}

function realPath(path: string): string {
  let at = path;
  for (let links = 0; links < longestChain && lstatSync(at).isSymbolicLink(); links++) {
    at = resolve(dirname(at), readlinkSync(at));
  }
  return at;
}
