import { compilePattern } from "./path-pattern.ts";

/** Whether a path (from the root, without leading slash) is left out. */
export interface Excludes {
  matches(path: string): boolean;
  /** A later `!pattern` may take something below an excluded directory back in. */
  readonly hasExceptions: boolean;
}

/** Patterns as of an ignore file: the last one that matches a path or a directory above it decides. */
export function compileExcludes(patterns: readonly string[]): Excludes | undefined {
  if (patterns.length === 0) return undefined;
  const compiled = patterns.map((written) => {
    const negated = written.startsWith("!");
    return { negated, matches: compilePattern(negated ? written.slice(1) : written) };
  });
  return {
    hasExceptions: compiled.some(({ negated }) => negated),
    matches(path) {
      let excluded = false;
      for (const { negated, matches } of compiled)
        if (excluded === negated && withParents(path).some(matches)) excluded = !negated;
      return excluded;
    },
  };
}

function withParents(path: string): string[] {
  const found = [path];
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
    found.push(path.slice(0, at));
  return found;
}
