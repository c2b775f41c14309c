import { invalidArgument } from "../errors/engine-error.ts";

/*
 * Patterns of .dockerignore and `COPY --exclude`, by moby/patternmatcher's rules: `*` and `?` stay within a
 * name, `**` spans any number of directories, `[a-z]` and `[^a-z]` one character, `\` takes the next one as it is.
 */

/** Whether a cleaned, relative path is matched itself; directories above it are the caller's business. */
export type PathTest = (path: string) => boolean;

export function pathTest(pattern: string): PathTest {
  const parts = readParts(pattern);
  const isPlain = parts.every((part, i) => part.kind === "text" || (part.kind === "tree" && i === 0));
  if (isPlain && parts[0]?.kind === "tree") return suffixTest(pattern.slice(2));
  if (isPlain) return (path) => path === pattern;
  const last = parts.at(-1);
  if (last?.kind === "tree" && parts.slice(0, -1).every((part) => part.kind === "text")) {
    const prefix = pattern.slice(0, -2);
    return (path) => path.startsWith(prefix);
  }
  const expression = new RegExp(`^${parts.map(expressionOf).join("")}$`, "u");
  return (path) => expression.test(path);
}

// Two stars, a slash and a name find the name at the top too.
function suffixTest(suffix: string): PathTest {
  const atTop = suffix.startsWith("/") ? suffix.slice(1) : undefined;
  return (path) => path.endsWith(suffix) || path === atTop;
}

/** Whether the pattern matches everything below a directory without matching the directory: `*`, `dir/*`. */
export function matchesAllBelow(pattern: string, directory: string): boolean {
  if (pattern === "*" || pattern === "**" || pattern === "**/*") return true;
  const [, head] = /^(.+)\/\*\*?$/.exec(pattern) ?? [];
  if (head === undefined || directory === "" || head.includes("**") || head.endsWith("\\")) return false;
  return pathTest(head)(directory);
}

/** Whether the pattern, cut at slashes, may match something below this directory. */
export function mayMatchBelow(pattern: string, directory: string): boolean {
  const names = directory === "" || directory === "." ? [] : directory.split("/");
  const parts = pattern.split("/");
  for (const [i, name] of names.entries()) {
    const part = parts[i];
    if (part === undefined) return false;
    if (part.includes("**") || /\\$/.test(part) || hasOpenClass(part)) return true;
    if (!pathTest(part)(name)) return false;
  }
  return parts.length > names.length;
}

/** A class may hold a slash: then the parts are none. */
const hasOpenClass = (part: string) => /\[[^\]]*$/.test(part) || part.includes("[^");

type Part =
  | { readonly kind: "text" | "escaped"; readonly character: string }
  | { readonly kind: "any" | "one" }
  /** `**`, and whether a slash behind it went with it, and whether it is the end. */
  | { readonly kind: "tree"; readonly isEnd: boolean }
  | { readonly kind: "class"; readonly expression: string };

function readParts(pattern: string): Part[] {
  const characters = [...pattern];
  const parts: Part[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*" && characters[at + 1] === "*") {
      at++;
      if (characters[at + 1] === "/") at++;
      parts.push({ kind: "tree", isEnd: at + 1 >= characters.length });
    } else if (character === "*") parts.push({ kind: "any" });
    else if (character === "?") parts.push({ kind: "one" });
    else if (character === "[") {
      const { expression, end } = readClass(characters, at, pattern);
      parts.push({ kind: "class", expression });
      at = end;
    } else if (character === "\\")
      parts.push({ kind: "escaped", character: escaped(characters, ++at, pattern) });
    else parts.push({ kind: character === "]" ? "escaped" : "text", character });
  }
  return parts;
}

const badPattern = (pattern: string) =>
  invalidArgument(`syntax error in pattern: ${JSON.stringify(pattern)}`);

function escaped(characters: readonly string[], at: number, pattern: string): string {
  const character = characters[at];
  if (character === undefined) throw badPattern(pattern);
  return character;
}

/** `[abc]`, `[a-z]`, `[^…]`; a hyphen or a bracket in it must be escaped. */
function readClass(
  characters: readonly string[],
  from: number,
  pattern: string,
): { expression: string; end: number } {
  let at = from + 1;
  let expression = "[";
  if (characters[at] === "^") {
    expression += "^";
    at++;
  }
  const readOne = (): string => {
    const character = characters[at++];
    if (character === undefined || character === "-" || character === "]") throw badPattern(pattern);
    return character === "\\" ? escaped(characters, at++, pattern) : character;
  };
  for (let count = 0; characters[at] !== "]" || count === 0; count++) {
    const low = readOne();
    expression += quoted(low);
    if (characters[at] !== "-") continue;
    at++;
    const high = readOne();
    if (high < low) throw badPattern(pattern);
    expression += `-${quoted(high)}`;
  }
  return { expression: `${expression}]`, end: at };
}

const quoted = (character: string) =>
  /[\\^$.*+?()[\]{}|/-]/.test(character)
    ? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`
    : character;

function expressionOf(part: Part): string {
  switch (part.kind) {
    case "text":
    case "escaped":
      return quoted(part.character);
    case "any":
      return "[^/]*";
    case "one":
      return "[^/]";
    case "tree":
      return part.isEnd ? "[^\\n]*" : "(?:[^\\n]*/)?";
    case "class":
      return part.expression;
    default:
      return part satisfies never;
  }
}
