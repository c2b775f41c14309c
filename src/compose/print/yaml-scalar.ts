import { readsAsText } from "./yaml-resolve.ts";

export type ScalarStyle = "plain" | "single" | "double" | "literal";

/** What a text allows; the questions of libyaml's emitter, which go-yaml is. */
interface Traits {
  readonly hasBreak: boolean;
  readonly mayBePlain: boolean;
  readonly mayBeSingle: boolean;
  readonly mayBeLiteral: boolean;
}

/** Most texts: nothing in them needs a second look. */
const simple =
  /^[A-Za-z0-9_./+$(][A-Za-z0-9_./+=@$()~^;<>|*!?,&%'"{}[\]`\\-]*(?:[: ][A-Za-z0-9_./+=@$()~^;<>|*!?,&%'"{}[\]`\\-]+)*$/;

export function scalarStyle(text: string, isSimpleKey: boolean): ScalarStyle {
  const isText = readsAsText(text);
  if (isText && simple.test(text) && !text.startsWith("...")) return "plain";
  const traits = traitsOf(text);
  if (isSimpleKey && traits.hasBreak) return "double";
  if (text.includes("\n")) return traits.mayBeLiteral && !isSimpleKey ? "literal" : "double";
  if (!isText) return "double";
  if (traits.mayBePlain) return "plain";
  return traits.mayBeSingle ? "single" : "double";
}

function traitsOf(text: string): Traits {
  const breaks = /[\r\n\u0085\u2028\u2029]/;
  const hasBreak = breaks.test(text);
  const hasSpecial = unprintable.test(text.replaceAll("\t", ""));
  const hasBreakThenSpace = /[\r\n\u0085\u2028\u2029] /.test(text);
  const hasSpaceThenBreak = / [\r\n\u0085\u2028\u2029]/.test(text);
  const isPadded = /^[ \r\n\u0085\u2028\u2029]|[ \r\n\u0085\u2028\u2029]$/.test(text);
  const mayBeSingle = !(hasBreakThenSpace || hasSpaceThenBreak || hasSpecial || text.includes("\t"));
  return {
    hasBreak,
    mayBeSingle,
    mayBePlain: mayBeSingle && !isPadded && !hasBreak && !hasIndicator(text),
    mayBeLiteral: !(text.endsWith(" ") || hasSpaceThenBreak || hasSpecial),
  };
}

function hasIndicator(text: string): boolean {
  return (
    /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \t]|$))/.test(text) ||
    /:(?:[ \t]|$)/.test(text) ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL counts as white space here
    /[ \t\r\n\u0000\u0085\u2028\u2029]#/.test(text)
  );
}

/** go-yaml writes nothing above U+FFFF as it is. */
const unprintable = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;

const named = new Map([
  ["\0", "0"],
  ["\x07", "a"],
  ["\b", "b"],
  ["\t", "t"],
  ["\n", "n"],
  ["\v", "v"],
  ["\f", "f"],
  ["\r", "r"],
  ["\x1b", "e"],
  ['"', '"'],
  ["\\", "\\"],
  ["\u0085", "N"],
  ["\u00a0", "_"],
  ["\u2028", "L"],
  ["\u2029", "P"],
]);

export function doubleQuoted(text: string): string {
  // A byte order mark at the front makes go-yaml escape every character behind it too.
  const all = text.startsWith("\ufeff");
  let quoted = '"';
  for (const character of text) {
    const mustEscape = all || /["\\\n\u2028\u2029]/.test(character) || unprintable.test(character);
    quoted += mustEscape ? escapedCharacter(character) : character;
  }
  return `${quoted}"`;
}

function escapedCharacter(character: string): string {
  const name = named.get(character);
  if (name !== undefined) return `\\${name}`;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
