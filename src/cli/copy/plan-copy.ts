import { invalidArgument } from "../../errors/engine-error.ts";
import { isMeantAsDirectory, splitPath } from "./paths.ts";

export interface Source {
  readonly path: string;
  readonly isDirectory: boolean;
  /** Its name, where a link was followed to something called otherwise. */
  readonly name?: string;
}

export interface Target {
  readonly path: string;
  readonly exists: boolean;
  readonly isDirectory: boolean;
}

/** Into which directory an archive goes, and what its first name becomes. */
export interface CopyPlan {
  readonly directory: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The rules of cp, the same in both directions:
 *
 *     source      target            becomes
 *     any         directory         target/source
 *     file        file              target
 *     directory   file              refused
 *     directory   missing           target, a copy of the directory
 *     file        missing           target; `target/` is refused
 */
export function planCopy(source: Source, target: Target): CopyPlan {
  const from = splitPath(source.path).name;
  const name = source.name ?? from;
  if (target.exists && target.isDirectory) return { directory: target.path, from, to: name };
  if (target.exists && source.isDirectory) throw invalidArgument("cannot copy directory");
  if (!target.exists && !source.isDirectory && isMeantAsDirectory(target.path)) {
    throw invalidArgument("no such directory");
  }
  const { directory, name: to } = splitPath(target.path);
  return { directory: directory || ".", from, to };
}
