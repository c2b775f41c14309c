import { lstatSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import type { IgnoreMatcher, IgnoreRule } from "../../lib/ignore-file.ts";

/** One file of a context; `path` is below its root, with slashes. */
export interface ContextEntry {
  readonly path: string;
  readonly stat: Stats;
  /** What decided about it, as it stands in the ignore file; undefined where no rule fits. */
  readonly rule: IgnoreRule | undefined;
  readonly ignored: boolean;
}

/**
 * What is below a directory, parents first, sorted. Of an ignored directory only itself is given, unless
 * a pattern may bring something of it back.
 */
export function* listContext(root: string, rules: IgnoreMatcher, below = ""): Generator<ContextEntry> {
  for (const name of namesIn(join(root, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    const stat = statOf(join(root, path));
    if (!stat) continue;
    const { ignored, rule } = rules.decide(path);
    yield { path, stat, rule, ignored };
    if (stat.isDirectory() && (!ignored || rules.mayIncludeBelow(path)))
      yield* listContext(root, rules, path);
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    throw invalidArgument(`cannot read the build context: ${messageOf(error)}`, error);
  }
}

/** Undefined for a file that went away meanwhile. */
function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
