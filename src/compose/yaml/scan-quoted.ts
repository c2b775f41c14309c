import { type Cursor, endsWord, isBlank, isBreak, isEnd } from "./cursor.ts";
import { foldedBreaks } from "./scan-plain.ts";

/** A scalar in quotes; the cursor is on the opening one. */
export function scanQuoted(cursor: Cursor, quote: "'" | '"'): string {
  const start = cursor.at;
  cursor.at++;
  let value = "";
  for (;;) {
    if (cursor.isAtDocumentMark()) throw unclosed(cursor, start);
    if (isEnd(cursor.code())) throw unclosed(cursor, start);
    const word = scanWord(cursor, quote);
    value += word.value;
    if (cursor.code() === quote.charCodeAt(0)) {
      cursor.at++;
      return value;
    }
    value += scanSpace(cursor, word.isJoined);
  }
}

function unclosed(cursor: Cursor, start: number) {
  return cursor.fault("this quote is never closed", start);
}

/** What means itself: words and the blanks between them. */
const inSingle = /[^\n\r\t '\x85\u2028\u2029]+(?:[\t ]+[^\n\r\t '\x85\u2028\u2029]+)*/y;
const inDouble = /[^\n\r\t "\\\x85\u2028\u2029]+(?:[\t ]+[^\n\r\t "\\\x85\u2028\u2029]+)*/y;

/** Up to the closing quote or a blank; `isJoined` when an escaped line break ended it. */
function scanWord(cursor: Cursor, quote: string): { value: string; isJoined: boolean } {
  let value = "";
  let from = cursor.at;
  const taken = () => cursor.text.slice(from, cursor.at);
  const simple = quote === "'" ? inSingle : inDouble;
  for (let code = cursor.code(); !endsWord(code); code = cursor.code()) {
    simple.lastIndex = cursor.at;
    if (simple.test(cursor.text)) {
      cursor.at = simple.lastIndex;
      continue;
    }
    if (code === quote.charCodeAt(0)) {
      if (quote !== "'" || cursor.code(1) !== 39) break;
      cursor.at++;
      value += taken();
      cursor.at++;
      from = cursor.at;
    } else if (code === 92 && quote === '"') {
      value += taken();
      if (isBreak(cursor.code(1))) {
        cursor.at++;
        cursor.skipBreak();
        return { value, isJoined: true };
      }
      value += scanEscape(cursor);
      from = cursor.at;
    }
  }
  return { value: value + taken(), isJoined: false };
}

function scanSpace(cursor: Cursor, isJoined: boolean): string {
  const from = cursor.at;
  let first = "";
  let others = "";
  let hasBreak = isJoined;
  for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
    if (isBlank(code)) cursor.at++;
    else if (hasBreak) others += cursor.skipBreak();
    else {
      first = cursor.skipBreak();
      hasBreak = true;
    }
  }
  if (isJoined) return others;
  return hasBreak ? foldedBreaks(first, others) : cursor.text.slice(from, cursor.at);
}

const escapes: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1B",
  " ": " ",
  '"': '"',
  "'": "'",
  "\\": "\\",
  N: "\u0085",
  _: "\u00A0",
  L: "\u2028",
  P: "\u2029",
};

const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function scanEscape(cursor: Cursor): string {
  const start = cursor.at;
  const letter = cursor.text[start + 1] ?? "";
  cursor.at += 2;
  const simple = escapes[letter];
  if (simple !== undefined) return simple;
  const length = hexLengths[letter];
  if (length === undefined) {
    throw cursor.fault(`"\\${letter}" is no escape: write a backslash twice, or use single quotes`, start);
  }
  const digits = cursor.text.slice(cursor.at, cursor.at + length);
  const code = /^[0-9a-f]+$/i.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : -1;
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw cursor.fault(`"\\${letter}${digits}" is no character`, start);
  }
  cursor.at += length;
  return String.fromCodePoint(code);
}
