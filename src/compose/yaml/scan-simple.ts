import { type Cursor, isBlank, isBreak } from "./cursor.ts";

/** A word with a colon behind it, short enough to be a key anywhere. */
const wordAsKey = /[A-Za-z0-9_][\w.-]{0,200}:(?=[ \n])/y;

/** Words up to the end of the line, with nothing in or between them that could mean anything else. */
const wordsInLine =
  /[A-Za-z0-9_/.$][^\n\r\t :\x85\u2028\u2029]*(?:[: ][^\n\r\t :#\x85\u2028\u2029][^\n\r\t :\x85\u2028\u2029]*)*(?=\n)/y;

/** Where the colon of a key is that begins here; -1 where it takes more than a look to tell. */
export function simpleKeyEnd({ text, at }: Cursor): number {
  wordAsKey.lastIndex = at;
  return wordAsKey.test(text) ? wordAsKey.lastIndex - 1 : -1;
}

/**
 * The value behind a key whose colon was just read, when it is words alone and the next line does not
 * go on with them: that one begins right there, no deeper than `indent`. The cursor goes to it.
 */
export function takeSimpleValue(cursor: Cursor, indent: number): string | undefined {
  const { text } = cursor;
  if (cursor.code() !== 32) return undefined;
  const start = cursor.at + 1;
  wordsInLine.lastIndex = start;
  if (!wordsInLine.test(text)) return undefined;
  const end = wordsInLine.lastIndex;
  const lineStart = end + 1;
  let next = lineStart;
  while (text.charCodeAt(next) === 32) next++;
  const code = text.charCodeAt(next);
  if (next - lineStart > indent || isBlank(code) || isBreak(code)) return undefined;
  cursor.at = next;
  cursor.lineStart = lineStart;
  return text.slice(start, end);
}
