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

/** A duration as Go prints it: `1m30s`. */
export function goDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < 1e9) {
    if (nanoseconds % 1e6 === 0 || nanoseconds >= 1e6) return `${nanoseconds / 1e6}ms`;
    return nanoseconds >= 1e3 ? `${nanoseconds / 1e3}µs` : `${nanoseconds}ns`;
  }
  const hours = Math.floor(nanoseconds / 3600e9);
  const minutes = Math.floor((nanoseconds % 3600e9) / 60e9);
  const seconds = (nanoseconds % 60e9) / 1e9;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
