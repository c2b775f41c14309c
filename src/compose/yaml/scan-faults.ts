import type { Cursor } from "./cursor.ts";
import type { Token } from "./token.ts";
import type { YamlFault } from "./yaml-fault.ts";

export function checkCharacters(cursor: Cursor): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those it looks for
  const forbidden = /[\0-\x08\v\f\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/.exec(cursor.text);
  if (forbidden) throw cursor.fault("control characters are not allowed", forbidden.index);
}

export function strangeCharacter(cursor: Cursor): YamlFault {
  const char = cursor.text[cursor.at] ?? "";
  if (char === "\t") return cursor.fault("a tab cannot indent a line: use spaces");
  return cursor.fault(`"${char}" cannot begin a value: put the value in quotes`);
}

/** A `: ` in the middle of a line; `last` is the token before it. */
export function noMapping(cursor: Cursor, last: Token | undefined): YamlFault {
  const glued = last?.isPlain ? gluedHint(cursor.text, last.start) : undefined;
  if (last && glued !== undefined) return cursor.fault(`this is no key${glued}`, last.start);
  return cursor.fault('a mapping cannot begin here: put the value in quotes if ":" is part of it');
}

/** `key:value` is one text to YAML. */
export function gluedHint(text: string, at: number): string | undefined {
  const line = text.slice(at).split(/[\r\n]/, 1)[0] ?? "";
  const glued = /^([\w.-]+):\S/.exec(line)?.[1];
  return glued === undefined ? undefined : `: a space must follow "${glued}:"`;
}
