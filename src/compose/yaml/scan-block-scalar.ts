import { type Cursor, isBlank, isBreak, isDigit, isEnd } from "./cursor.ts";

/** The text behind `|` or `>`, which the cursor is on. `parentIndent` is the column of what it belongs to. */
export function scanBlockScalar(cursor: Cursor, parentIndent: number): string {
  const start = cursor.at;
  const isLiteral = cursor.code() === 124;
  cursor.at++;
  const { chomp, deeper } = scanHeader(cursor, start);
  let indent = deeper > 0 ? Math.max(parentIndent, 0) + deeper : 0;

  let value = "";
  let lastBreak = "";
  let wasBlank = false;
  const first = skipEmptyLines(cursor, indent, parentIndent);
  indent = first.indent;
  let empty = first.breaks;
  while (cursor.column === indent && !isEnd(cursor.code())) {
    const isBlankLine = isBlank(cursor.code());
    const folds = !isLiteral && !wasBlank && !isBlankLine && lastBreak.startsWith("\n");
    value += (folds ? (empty === "" ? " " : "") : lastBreak) + empty;
    wasBlank = isBlankLine;
    const from = cursor.at;
    cursor.skipRestOfLine();
    value += cursor.text.slice(from, cursor.at);
    lastBreak = isEnd(cursor.code()) ? "" : cursor.skipBreak();
    empty = skipEmptyLines(cursor, indent, parentIndent).breaks;
  }
  if (chomp !== "-") value += lastBreak;
  if (chomp === "+") value += empty;
  return value;
}

/** `|2-`: how deep, and what becomes of the last line breaks. */
function scanHeader(cursor: Cursor, start: number): { chomp: "+" | "-" | ""; deeper: number } {
  let chomp: "+" | "-" | "" = "";
  let deeper = 0;
  for (let part = 0; part < 2; part++) {
    const code = cursor.code();
    if ((code === 43 || code === 45) && chomp === "") chomp = code === 43 ? "+" : "-";
    else if (isDigit(code) && deeper === 0) {
      deeper = code - 48;
      if (deeper === 0) throw cursor.fault("a block of text cannot be indented by 0", start);
    } else break;
    cursor.at++;
  }
  cursor.skipBlanks();
  if (cursor.code() === 35) cursor.skipRestOfLine();
  if (isBreak(cursor.code())) cursor.skipBreak();
  else if (!isEnd(cursor.code())) {
    throw cursor.fault(`text behind "${cursor.text[start]}" must begin on a line of its own`);
  }
  return { chomp, deeper };
}

/** Empty lines, and the indentation of the line behind them; the first line that is not empty settles it. */
function skipEmptyLines(
  cursor: Cursor,
  given: number,
  parentIndent: number,
): { breaks: string; indent: number } {
  let breaks = "";
  let deepest = 0;
  for (;;) {
    while ((given === 0 || cursor.column < given) && cursor.code() === 32) cursor.at++;
    deepest = Math.max(deepest, cursor.column);
    if ((given === 0 || cursor.column < given) && cursor.code() === 9) {
      throw cursor.fault("a tab cannot indent a line: use spaces");
    }
    if (!isBreak(cursor.code())) break;
    breaks += cursor.skipBreak();
  }
  return { breaks, indent: given === 0 ? Math.max(deepest, parentIndent + 1, 1) : given };
}
