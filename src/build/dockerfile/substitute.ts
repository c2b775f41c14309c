import { invalidArgument } from "../../errors/engine-error.ts";
import { parseShellPattern, trimEnd, trimStart } from "./shell-pattern.ts";

/** `${name:-word}` taken apart, the word expanded; a value that is undefined is not set. */
export interface Substitution {
  readonly name: string;
  /** `-`, `+`, `?` with or without a colon before it, `#`, `%`. */
  readonly modifier: string;
  readonly value: string | undefined;
  readonly word: string;
}

export function substitute({ name, modifier, value, word }: Substitution): string {
  if (modifier === "#" || modifier === "%") return trimmed(value ?? "", modifier, word);
  const emptyCounts = !modifier.startsWith(":");
  const isSet = value !== undefined && (emptyCounts || value !== "");
  switch (modifier.at(-1)) {
    case "-":
      return isSet ? value : word;
    case "+":
      return isSet ? word : "";
    default:
      if (isSet) return value;
      throw invalidArgument(
        `${name}: ${word || `is not allowed to be ${value === undefined ? "unset" : "empty"}`}`,
      );
  }
}

/** The modifier twice: the longest match, not the shortest. */
function trimmed(value: string, modifier: string, word: string): string {
  const longest = word.startsWith(modifier);
  const pattern = parseShellPattern(longest ? word.slice(1) : word);
  return modifier === "#" ? trimStart(pattern, value, longest) : trimEnd(pattern, value, longest);
}
