import { messageOf } from "../../../errors/engine-error.ts";
import { type Place, parseError } from "./template-error.ts";

/** A word of an action: what stands between `{{` and `}}`. */
export type Token = Place &
  (
    | { readonly kind: "field"; readonly path: readonly string[] }
    | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[] }
    | { readonly kind: "word"; readonly word: string }
    | { readonly kind: "string"; readonly value: string }
    | { readonly kind: "number"; readonly value: number; readonly float: boolean }
    | { readonly kind: "dot" }
    | { readonly kind: "sign"; readonly sign: "|" | "(" | ")" | "," | ":=" | "=" }
  );

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly tokens: readonly Token[]; readonly at: number };

/** Splits a template into text and actions. `{{-` and `-}}` eat the white space beside them. */
export function pieces(template: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  let trimNext = false;
  const text = (until: number, trimEnd: boolean) => {
    let part = template.slice(at, until);
    if (trimNext) part = part.replace(/^[ \t\r\n]+/, "");
    if (trimEnd) part = part.replace(/[ \t\r\n]+$/, "");
    if (part !== "") found.push({ kind: "text", text: part });
  };
  for (;;) {
    const open = template.indexOf("{{", at);
    if (open < 0) {
      text(template.length, false);
      return found;
    }
    const trimLeft = /^-[ \t\r\n]/.test(template.slice(open + 2, open + 4));
    text(open, trimLeft);
    const start = open + (trimLeft ? 3 : 2);
    const close = endOfAction(template, start);
    let inside = template.slice(start, close);
    trimNext = /[ \t\r\n]-$/.test(inside);
    if (trimNext) inside = inside.slice(0, -1);
    at = close + 2;
    if (/^\/\*[\s\S]*\*\/$/.test(inside.trim())) continue;
    found.push({ kind: "action", tokens: tokens(template, start, start + inside.length), at: start });
  }
}

/** The `}}` that is not inside of quotes. */
function endOfAction(template: string, start: number): number {
  const quoted = /"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|\/\*[\s\S]*?\*\/|\}\}|["`']/g;
  quoted.lastIndex = start;
  const names: Record<string, string> = {
    '"': "unterminated quoted string",
    "`": "unterminated raw quoted string",
    "'": "unterminated character constant",
  };
  for (let match = quoted.exec(template); match; match = quoted.exec(template)) {
    if (match[0] === "}}") return match.index;
    const reason = names[match[0]];
    if (reason !== undefined) throw parseError(template, match.index, reason);
  }
  throw parseError(template, start, "unclosed action");
}

/** Letters of all scripts take a while to look up; almost every template has those of ASCII alone. */
const plainPattern =
  /\s+|(?<string>"(?:\\.|[^"\\])*")|`(?<raw>[^`]*)`|'(?<char>\\.|[^'\\])'|(?<number>[+-]?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))(?![\w.])|\$(?<variable>\w*)(?<variablePath>(?:\.[a-zA-Z_]\w*)*)|(?<field>(?:\.[a-zA-Z_]\w*)+)|(?<dot>\.)(?![\w.])|(?<sign>:=|[|(),=])|(?<word>[a-zA-Z_]\w*)/y;
const widePattern =
  /\s+|(?<string>"(?:\\.|[^"\\])*")|`(?<raw>[^`]*)`|'(?<char>\\.|[^'\\])'|(?<number>[+-]?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))(?![\w.])|\$(?<variable>\w*)(?<variablePath>(?:\.[\p{L}_][\p{L}\p{N}_]*)*)|(?<field>(?:\.[\p{L}_][\p{L}\p{N}_]*)+)|(?<dot>\.)(?![\w.])|(?<sign>:=|[|(),=])|(?<word>[\p{L}_][\p{L}\p{N}_]*)/uy;

function tokens(template: string, start: number, end: number): Token[] {
  const found: Token[] = [];
  const pattern = isAscii(template) ? plainPattern : widePattern;
  pattern.lastIndex = start;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(template);
    if (!match || pattern.lastIndex > end) throw strange(template, at, found.at(-1));
    const token = tokenOf(template, at, match[0], match.groups ?? {});
    if (token) found.push(token);
  }
  return found;
}

const isAscii = (text: string) => Buffer.byteLength(text) === text.length;

function strange(template: string, at: number, before: Token | undefined): Error {
  const letter = String.fromCodePoint(template.codePointAt(at) ?? 0);
  const beside = before && before.at + before.text.length === at;
  // Behind a field or word Go's lexer itself complains, elsewhere its parser.
  if (beside && (before.kind === "field" || before.kind === "variable" || before.kind === "word")) {
    const code = letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
    return parseError(template, at, `bad character U+${code} '${letter}'`);
  }
  return parseError(template, at, `unexpected ${JSON.stringify(letter)} in command`);
}

function tokenOf(
  template: string,
  at: number,
  text: string,
  groups: Record<string, string | undefined>,
): Token | undefined {
  const place = { at, text };
  if (groups.string !== undefined) {
    return { ...place, kind: "string", value: unquote(template, at, groups.string) };
  }
  if (groups.raw !== undefined) return { ...place, kind: "string", value: groups.raw };
  if (groups.char !== undefined) {
    const value = unquote(template, at, `"${groups.char}"`).codePointAt(0) ?? 0;
    return { ...place, kind: "number", value, float: false };
  }
  if (groups.number !== undefined) {
    const float = /^[+-]?\d+(\.|e|E)/.test(groups.number);
    return { ...place, kind: "number", value: Number(groups.number), float };
  }
  if (groups.variable !== undefined) {
    const name = `$${groups.variable}`;
    const path = pathOf(groups.variablePath ?? "");
    return { text, at: path.length > 0 ? at + name.length : at, kind: "variable", name, path };
  }
  if (groups.field !== undefined) {
    const path = pathOf(groups.field);
    // A chain of fields is said to begin with its second.
    const first = path.length > 1 ? 1 + (path[0] ?? "").length : 0;
    return { text, at: at + first, kind: "field", path };
  }
  if (groups.dot !== undefined) return { ...place, kind: "dot" };
  if (groups.sign !== undefined) return { ...place, kind: "sign", sign: groups.sign as "|" };
  if (groups.word !== undefined) return { ...place, kind: "word", word: groups.word };
  return undefined;
}

function pathOf(text: string): string[] {
  return text.split(".").filter((part) => part !== "");
}

/** Go's escapes that JSON lacks are rewritten first. */
function unquote(template: string, at: number, text: string): string {
  const asJson = text
    .replace(
      /\\(?:x([0-9a-fA-F]{2})|([0-7]{3}))/g,
      (_, hex: string | undefined, octal: string) =>
        `\\u${Number.parseInt(hex ?? octal, hex ? 16 : 8)
          .toString(16)
          .padStart(4, "0")}`,
    )
    .replace(/\\([av'])/g, (_, letter: string) => ({ a: "\\u0007", v: "\\u000b" })[letter] ?? letter)
    .replace(/\t/g, "\\t");
  try {
    return JSON.parse(asJson) as string;
  } catch (error) {
    throw parseError(template, at, `invalid syntax: ${messageOf(error)}`);
  }
}
