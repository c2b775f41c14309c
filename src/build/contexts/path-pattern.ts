import { posix } from "node:path";
import { compileGlob } from "../../lib/glob.ts";

/** A pattern for whole paths: as a shell's, and `**` stands for any number of directories. */
export function compilePattern(pattern: string): (path: string) => boolean {
  const parts = posix.normalize(`/${pattern.trim()}`).split("/").filter(Boolean);
  const matchers = parts.map((part) => (part === "**" ? undefined : compilePart(part)));
  return (path) => matchParts(matchers, path.split("/"), 0, 0);
}

type PartMatcher = ((name: string) => boolean) | undefined;

/** `a**b` inside a name is like `a*b`. */
function compilePart(part: string): (name: string) => boolean {
  return compileGlob(part.replace(/\*{2,}/g, "*"));
}

function matchParts(
  matchers: readonly PartMatcher[],
  names: readonly string[],
  at: number,
  name: number,
): boolean {
  if (at === matchers.length) return name === names.length;
  const matcher = matchers[at];
  if (matcher) {
    const text = names[name];
    return text !== undefined && matcher(text) && matchParts(matchers, names, at + 1, name + 1);
  }
  // At the end it stands for all that is below, else for none or more directories.
  if (at === matchers.length - 1) return name < names.length;
  for (let next = name; next <= names.length; next++)
    if (matchParts(matchers, names, at + 1, next)) return true;
  return false;
}

export function hasWildcards(text: string): boolean {
  return /[*?[\\]/.test(text);
}
