import { type DockerfileError, parseError } from "./dockerfile-error.ts";
import { type FlagWord, splitFlags } from "./flag-words.ts";
import type { Heredoc } from "./instruction.ts";
import { type LogicalLine, placeOf, rangeOf } from "./logical-lines.ts";
import type { BuildWarning, Position, SourceFile, SourceRange } from "./source.ts";
import type { Word } from "./words.ts";

/** An instruction cut into its parts, on the way to being understood. Offsets are those of its line. */
export interface Statement {
  readonly file: SourceFile;
  readonly line: LogicalLine;
  readonly escape: "\\" | "`";
  readonly keyword: Word;
  readonly flags: readonly FlagWord[];
  /** Everything behind keyword and flags. */
  readonly rest: Word;
  readonly heredocs: readonly Heredoc[];
  /** Of the last line that belongs to it, heredocs included. */
  readonly end: Position;
  readonly warnings: BuildWarning[];
}

/** Cuts the line from `from` on: an ONBUILD has a second instruction in it. */
export function cutStatement(
  line: LogicalLine,
  from: number,
  token: "\\" | "`",
): Pick<Statement, "keyword" | "flags" | "rest"> {
  const text = line.text.slice(from);
  const [, before = "", word = ""] = /^(\s*)([^\t\v\f\r ]*)/.exec(text) ?? [];
  const behind = from + before.length + word.length;
  const { flags, rest } = splitFlags(line.text.slice(behind), token);
  const raw = line.text.slice(behind + rest);
  return {
    keyword: { text: word, at: from + before.length },
    flags: flags.map((flag) => ({ ...flag, at: behind + flag.at, end: behind + flag.end })),
    rest: { text: raw.trim(), at: behind + rest + (raw.length - raw.trimStart().length) },
  };
}

export const wordRange = (statement: Statement, word: Word): SourceRange =>
  rangeOf(statement.line, word.at, word.at + word.text.length);

/** A word of the rest, whose offsets begin there. */
export const restRange = (statement: Statement, word: Word): SourceRange =>
  wordRange(statement, { text: word.text, at: statement.rest.at + word.at });

export function statementRange(statement: Statement): SourceRange {
  return { start: placeOf(statement.line, statement.keyword.at), end: statement.end };
}

/** The instruction without what is below it. */
const ownRange = (statement: Statement): SourceRange => ({
  start: placeOf(statement.line, statement.keyword.at),
  end: statement.line.end,
});

/** On one line, the keyword in capitals. */
export const originalOf = (statement: Statement): string =>
  (
    statement.keyword.text.toUpperCase() +
    statement.line.text.slice(statement.keyword.at + statement.keyword.text.length)
  ).trim();

export function failure(
  statement: Statement,
  reason: string,
  range: SourceRange = ownRange(statement),
  hint?: string,
): DockerfileError {
  return parseError(statement.file, range, reason, hint === undefined ? {} : { hint });
}
