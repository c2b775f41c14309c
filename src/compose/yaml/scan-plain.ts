import { type Cursor, isBlank, isBreak } from "./cursor.ts";

export interface PlainScalar {
  readonly value: string;
  /** It ended by a line break, so that a key may follow. */
  readonly endsLine: boolean;
}

/** Words with blanks between them, in one line: up to `: `, ` #` or the end. */
const blockLine =
  /(?:[^\n\r\t :\x85\u2028\u2029]|:(?![\n\r\t \x85\u2028\u2029]|$))+(?:[\t ]+(?!#)(?:[^\n\r\t :\x85\u2028\u2029]|:(?![\n\r\t \x85\u2028\u2029]|$))+)*/y;

/** In flow style its indicators end a text, too. */
const flowLine =
  /(?:[^\n\r\t :,?[\]{}\x85\u2028\u2029]|:(?![\n\r\t \x85\u2028\u2029]|$))+(?:[\t ]+(?!#)(?:[^\n\r\t :,?[\]{}\x85\u2028\u2029]|:(?![\n\r\t \x85\u2028\u2029]|$))+)*/y;

/** A scalar without quotes; it may go on in lines that are indented deeper than `indent`. */
export function scanPlain(cursor: Cursor, indent: number, isFlow: boolean): PlainScalar {
  const line = isFlow ? flowLine : blockLine;
  let value = "";
  let gap = "";
  let endsLine = false;
  for (;;) {
    if (cursor.isAtDocumentMark() || cursor.code() === 35) break;
    line.lastIndex = cursor.at;
    const [words] = line.exec(cursor.text) ?? [];
    if (words !== undefined) {
      value += gap + words;
      endsLine = false;
      cursor.at += words.length;
    }
    if (!isBlank(cursor.code()) && !isBreak(cursor.code())) break;
    const space = skipSpace(cursor, indent);
    if (space !== undefined) {
      endsLine = true;
      gap = space;
    }
    if (!isFlow && endsLine && cursor.column <= indent) break;
    // Blanks in a line are part of the words: behind them stood what ends the text.
    if (space === undefined) break;
  }
  return { value, endsLine };
}

/** Blanks and breaks; what the breaks stand for, or undefined if there were only blanks. */
function skipSpace(cursor: Cursor, indent: number): string | undefined {
  let first = "";
  let others = "";
  for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
    if (isBlank(code)) {
      if (first !== "" && code === 9 && cursor.column <= indent) {
        throw cursor.fault("a tab cannot indent a line: use spaces");
      }
      cursor.at++;
    } else if (first === "") first = cursor.skipBreak();
    else others += cursor.skipBreak();
  }
  return first === "" ? undefined : foldedBreaks(first, others);
}

/** What a line break and the empty lines behind it stand for in a folded text. */
export function foldedBreaks(first: string, others: string): string {
  if (first !== "\n") return first + others;
  return others === "" ? " " : others;
}
