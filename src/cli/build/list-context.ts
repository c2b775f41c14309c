import { lstatSync, readdirSync, type Stats } from "node:fs";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import { pathArgument, textFromBytes } from "../../lib/byte-text.ts";
import type { IgnoreMatcher, IgnoreRule } from "../../lib/ignore-file.ts";

/** One file of a context; `path` is below its root, with slashes, byte for byte (see lib/byte-text). */
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
  for (const name of namesIn(`${root}/${below}`)) {
    const path = below === "" ? name : `${below}/${name}`;
    const stat = statOf(`${root}/${path}`);
    if (!stat) continue;
    const { ignored, rule } = rules.decide(path);
    yield { path, stat, rule, ignored };
    if (stat.isDirectory() && (!ignored || rules.mayIncludeBelow(path)))
      yield* listContext(root, rules, path);
  }
}

/** Paths are put together by hand: `join` takes only what is text. */
function namesIn(directory: string): string[] {
  try {
    const path = pathArgument(directory);
    const names = readdirSync(path);
    const areText = !names.some((name) => name.includes("\ufffd"));
    return (areText ? names : readdirSync(path, { encoding: "buffer" }).map(textFromBytes)).sort();
  } catch (error) {
    throw invalidArgument(`cannot read the build context: ${messageOf(error)}`, error);
  }
}

/** Undefined for a file that went away meanwhile. */
function statOf(path: string): Stats | undefined {
  return lstatSync(pathArgument(path), { throwIfNoEntry: false });
}
