import { goQuote } from "../../lib/go-quote.ts";

/** Values as Go prints them: BuildKit writes some of its history that way. */

/** `%q` of a slice: `["a" "b"]`. */
export const goQuotedWords = (words: readonly string[]): string => `[${words.map(goQuote).join(" ")}]`;

/** `%v` of a slice: `[a b]`. */
export const goWords = (words: readonly string[]): string => `[${words.join(" ")}]`;

/** `%v` of a set: `map[80/tcp:{}]`. */
export const goSet = (names: readonly string[]): string =>
  `map[${[...names]
    .sort()
    .map((name) => `${name}:{}`)
    .join(" ")}]`;
