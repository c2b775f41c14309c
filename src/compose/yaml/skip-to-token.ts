import { type Cursor, isBreak } from "./cursor.ts";
import type { PossibleKeys } from "./possible-keys.ts";

/** Over blanks, comments and ends of lines; behind a line's end a key may begin again. */
export function skipToToken(cursor: Cursor, keys: PossibleKeys): void {
  const isFlow = keys.depth > 0;
  for (;;) {
    if (cursor.at === 0 && cursor.code() === 0xfeff) {
      cursor.at++;
      cursor.lineStart = cursor.at;
    }
    cursor.skipSpaces();
    // Tabs are no indentation.
    if (cursor.code() === 9 && (isFlow || !keys.mayBegin)) cursor.skipBlanks();
    if (cursor.code() === 35) cursor.skipRestOfLine();
    if (!isBreak(cursor.code())) return;
    cursor.skipBreak();
    if (!isFlow) keys.mayBegin = true;
  }
}
