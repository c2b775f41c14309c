import { type Cursor, endsWord, isBreak, isEnd, isWordCharacter } from "./cursor.ts";

/** The name behind `&` or `*`, which the cursor is on. */
export function scanAnchorName(cursor: Cursor): string {
  const start = cursor.at;
  cursor.at++;
  const from = cursor.at;
  while (isWordCharacter(cursor.code())) cursor.at++;
  const code = cursor.code();
  if (cursor.at === from || !(endsWord(code) || "?:,]}%@`".includes(String.fromCharCode(code)))) {
    const sign = cursor.text[start];
    const what = sign === "&" ? "an anchor" : "an alias";
    throw cursor.fault(
      `"${sign}" begins ${what} and wants a name of letters and digits: put the value in quotes if it is a text`,
      start,
    );
  }
  return cursor.text.slice(from, cursor.at);
}

/** A tag as it is written: `!reset`, `!!str`, `!<uri>`, `!handle!suffix`. */
export function scanTag(cursor: Cursor): string {
  const start = cursor.at;
  if (cursor.code(1) === 60) {
    const end = cursor.text.indexOf(">", start);
    if (end < 0) throw cursor.fault('this tag is never closed by ">"', start);
    cursor.at = end + 1;
  } else {
    while (/[\w\-;/?:@&=+$,.!~*'()[\]%]/.test(cursor.text[cursor.at] ?? "")) cursor.at++;
  }
  if (!endsWord(cursor.code())) throw cursor.fault('a space must follow a tag, which begins with "!"', start);
  return cursor.text.slice(start, cursor.at);
}

/** `%YAML 1.2` or `%TAG ! prefix`, up to the end of the line. */
export function scanDirective(cursor: Cursor): string {
  const start = cursor.at;
  while (!isBreak(cursor.code()) && !isEnd(cursor.code())) cursor.at++;
  const words = cursor.text
    .slice(start, cursor.at)
    .replace(/\s+#.*$/, "")
    .trimEnd();
  if (!/^%(?:YAML\s+\d{1,2}\.\d{1,2}|TAG\s+!(?:[\w-]*!)?\s+\S+)$/.test(words)) {
    throw cursor.fault('"%" at the beginning of a line is for directives: put the value in quotes', start);
  }
  return words;
}
