import { posix } from "node:path";
import { invalidArgument } from "../errors/engine-error.ts";
import { matchesAllBelow, mayMatchBelow, type PathTest, pathTest } from "./path-pattern.ts";

/*
 * What stays out of a build context, by Docker's rules: the last rule that matches a path or a directory
 * above it decides, and one with `!` in front takes it back in.
 */

export interface IgnoreRule {
  /** Cleaned, without `!`. */
  readonly pattern: string;
  readonly isException: boolean;
  /** As it stands in the list, `!` included: what another matcher is made of. */
  readonly text: string;
  /** In its file, from 1; of a list, its place in it. */
  readonly line: number;
}

export interface IgnoreDecision {
  readonly ignored: boolean;
  /** The rule that decided; undefined where none matched. */
  readonly rule: IgnoreRule | undefined;
}

export interface IgnoreMatcher {
  readonly rules: readonly IgnoreRule[];
  readonly hasExceptions: boolean;
  /** Of a path relative to the context, with slashes and without `./`. The context itself is never ignored. */
  decide(path: string): IgnoreDecision;
  isIgnored(path: string): boolean;
  /** False: whatever is below this directory is ignored, nobody need look. */
  mayIncludeBelow(directory: string): boolean;
}

/** The text of a `.dockerignore`. */
export function parseIgnoreFile(text: string): IgnoreMatcher {
  const rules: IgnoreRule[] = [];
  const withoutMark = text.startsWith("\uFEFF") ? text.slice(1) : text;
  for (const [index, line] of withoutMark.split("\n").entries()) {
    if (line.startsWith("#")) continue;
    const trimmed = line.trim();
    if (trimmed !== "") rules.push(readRule(trimmed, index + 1));
  }
  return createMatcher(rules);
}

/** A list of patterns: those of `COPY --exclude`, or the rules of a file that was read elsewhere. */
export function ignoreMatcher(patterns: readonly string[]): IgnoreMatcher {
  const rules = patterns.map((pattern, index) => ({ pattern: pattern.trim(), line: index + 1 }));
  return createMatcher(
    rules.filter(({ pattern }) => pattern !== "").map(({ pattern, line }) => readRule(pattern, line)),
  );
}

/** Paths that begin with a slash begin at the context. */
function readRule(line: string, number: number): IgnoreRule {
  const isException = line.startsWith("!");
  const written = isException ? line.slice(1).trim() : line;
  const clean = cleanPath(written);
  if (isException && (written === "" || clean === "/")) {
    throw invalidArgument('illegal exclusion pattern: "!"');
  }
  const pattern = clean.length > 1 && clean.startsWith("/") ? clean.slice(1) : clean;
  return { pattern, isException, text: isException ? `!${pattern}` : pattern, line: number };
}

function cleanPath(path: string): string {
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith("/") ? clean.slice(0, -1) : clean;
}

function createMatcher(rules: readonly IgnoreRule[]): IgnoreMatcher {
  const tests = rules.map(({ pattern }) => pathTest(pattern));
  const above = createDirectories(tests);
  const decide = (path: string): IgnoreDecision => {
    const clean = cleanPath(path);
    let rule: IgnoreRule | undefined;
    if (clean === "." || clean === "/") return { ignored: false, rule };
    const parents = above(parentOf(clean));
    for (const [i, candidate] of rules.entries()) {
      const ignored = rule !== undefined && !rule.isException;
      if (candidate.isException !== ignored) continue;
      if (parents?.[i] === true || tests[i]?.(clean) === true) rule = candidate;
    }
    return { ignored: rule !== undefined && !rule.isException, rule };
  };
  return {
    rules,
    hasExceptions: rules.some((rule) => rule.isException),
    decide,
    isIgnored: (path) => decide(path).ignored,
    mayIncludeBelow(directory) {
      const clean = cleanPath(directory).replace(/^[./]$/, "");
      return mayIncludeBelow(rules, above(clean), clean);
    },
  };
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

/** For a directory, which rules match it or one above it; kept, because a walk asks for each again and again. */
function createDirectories(
  tests: readonly PathTest[],
): (directory: string) => readonly boolean[] | undefined {
  const known = new Map<string, readonly boolean[]>();
  const matchesOf = (directory: string): readonly boolean[] | undefined => {
    if (directory === "" || directory === "." || directory === "/") return undefined;
    const found = known.get(directory);
    if (found !== undefined) return found;
    const parents = matchesOf(parentOf(directory));
    const matches = tests.map((test, i) => parents?.[i] === true || test(directory));
    known.set(directory, matches);
    return matches;
  };
  return matchesOf;
}

/** Follows what may come of any path below: a rule that matches the directory decides for all of them. */
function mayIncludeBelow(
  rules: readonly IgnoreRule[],
  matches: readonly boolean[] | undefined,
  directory: string,
): boolean {
  let mayBeIn = true;
  let mayBeOut = false;
  for (const [i, rule] of rules.entries()) {
    if (matches?.[i] === true) {
      mayBeIn = rule.isException;
      mayBeOut = !rule.isException;
    } else if (rule.isException && mayBeOut && mayMatchBelow(rule.pattern, directory)) mayBeIn = true;
    else if (!rule.isException) {
      mayBeOut = true;
      if (matchesAllBelow(rule.pattern, directory)) mayBeIn = false;
    }
  }
  return mayBeIn;
}
