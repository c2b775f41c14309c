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

/** `!reset`, `!!str`, `!<uri>`, `!handle!suffix`; `!` alone, which says nothing. */
const tagPattern =
  /!(?:<[\w\-;/?:@&=+$,.!~*'()[\]%]+>|[\w-]*![\w\-;/?:@&=+$,.!~*'()[\]%]+|[\w\-;/?:@&=+$,.~*'()[\]%][\w\-;/?:@&=+$,.!~*'()[\]%]*|)/y;

/** A tag as it is written. */
export function scanTag(cursor: Cursor): string {
  tagPattern.lastIndex = cursor.at;
  const [tag = "!"] = tagPattern.exec(cursor.text) ?? [];
  const end = cursor.code(tag.length);
  if (!endsWord(end)) {
    throw cursor.fault(
      '"!" begins a tag, which a space must follow: put the value in quotes if it is a text',
    );
  }
  cursor.at += tag.length;
  return tag;
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
