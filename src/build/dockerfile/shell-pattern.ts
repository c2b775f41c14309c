import { invalidArgument } from "../../errors/engine-error.ts";

/*
 * Wildcards of `${name#pattern}` and `${name/pattern/…}`: `*` any run of characters, `?` any one,
 * `\` before `*`, `?` or `\` takes it as it is. Neither wildcard matches a line break. Matched by
 * following all ways at once, so time grows with pattern times text and no further.
 */

type Token = "star" | "one" | { readonly literal: string };
export type ShellPattern = readonly Token[];

export function parseShellPattern(text: string): ShellPattern {
  const tokens: Token[] = [];
  const characters = [...text];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? "";
    if (character === "*") {
      if (tokens.at(-1) !== "star") tokens.push("star");
    } else if (character === "?") tokens.push("one");
    else if (character !== "\\") tokens.push({ literal: character });
    else tokens.push({ literal: escaped(text, characters[++i]) });
  }
  return tokens;
}

/** `}` and `/` end parts of a substitution, so they are escaped for the reader, not for the pattern. */
function escaped(pattern: string, character: string | undefined): string {
  if (character !== undefined && "*?\\}/".includes(character)) return character;
  throw invalidArgument(
    `invalid pattern (${pattern}) in substitution: invalid escape '\\${character ?? ""}'`,
  );
}

/** Where matches of the pattern that begin at `from` end: the first such place, or the last. */
function matchEnd(
  pattern: ShellPattern,
  characters: readonly string[],
  from: number,
  longest: boolean,
): number | undefined {
  let found: number | undefined;
  let states = withSkippedStars(pattern, new Set([0]));
  for (let at = from; ; at++) {
    if (states.has(pattern.length)) {
      found = at;
      if (!longest) return found;
    }
    const character = characters[at];
    if (character === undefined || states.size === 0) return found;
    states = withSkippedStars(pattern, statesAfter(pattern, states, character));
  }
}

function statesAfter(pattern: ShellPattern, states: ReadonlySet<number>, character: string): Set<number> {
  const next = new Set<number>();
  for (const state of states) {
    const token = pattern[state];
    if (token === undefined) continue;
    if (typeof token === "object") {
      if (token.literal === character) next.add(state + 1);
    } else if (character !== "\n") next.add(token === "star" ? state : state + 1);
  }
  return next;
}

function withSkippedStars(pattern: ShellPattern, states: Set<number>): Set<number> {
  for (const state of states) if (pattern[state] === "star") states.add(state + 1);
  return states;
}

/** `${value#pattern}`, `##` when `longest`. */
export function trimStart(pattern: ShellPattern, value: string, longest: boolean): string {
  const characters = [...value];
  const end = matchEnd(pattern, characters, 0, longest);
  return end === undefined ? value : characters.slice(end).join("");
}

/** `${value%pattern}`, `%%` when `longest`: the same on both turned round. */
export function trimEnd(pattern: ShellPattern, value: string, longest: boolean): string {
  const characters = [...value].reverse();
  const end = matchEnd([...pattern].reverse(), characters, 0, longest);
  return end === undefined ? value : characters.slice(end).reverse().join("");
}

/** `${value/pattern/replacement}`, `//` when `all`. An empty match right behind another one does not count. */
export function replaceMatches(
  pattern: ShellPattern,
  value: string,
  replacement: string,
  all: boolean,
): string {
  const characters = [...value];
  let result = "";
  let lastEnd = -1;
  for (let at = 0; at <= characters.length; ) {
    const end = matchEnd(pattern, characters, at, true);
    if (end !== undefined && !(end === at && at === lastEnd)) {
      result += replacement;
      if (!all) return result + characters.slice(end).join("");
      lastEnd = end;
      if (end > at) {
        at = end;
        continue;
      }
    }
    result += characters[at] ?? "";
    at++;
  }
  return result;
}
