import { templateError } from "./template-error.ts";

/** A piece of an action: what stands between `{{` and `}}`. */
export type Token =
  | { readonly kind: "field"; readonly path: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "dot" }
  | { readonly kind: "sign"; readonly text: "|" | "(" | ")" | "," | ":=" | "=" };

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly tokens: readonly Token[]; readonly source: string };

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
    found.push({ kind: "action", tokens: tokens(inside), source: inside.trim() });
  }
}

/** The `}}` that is not inside of quotes. */
function endOfAction(template: string, start: number): number {
  const quoted = /"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|\/\*[\s\S]*?\*\/|\}\}|["`']/g;
  quoted.lastIndex = start;
  for (let match = quoted.exec(template); match; match = quoted.exec(template)) {
    if (match[0] === "}}") return match.index;
    if (match[0].length === 1) throw templateError("unterminated quoted string");
  }
  throw templateError("unclosed action");
}

const pattern =
  /\s+|(?<string>"(?:\\.|[^"\\])*")|`(?<raw>[^`]*)`|'(?<char>\\.|[^'\\])'|(?<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])|\$(?<variable>\w*)(?<variablePath>(?:\.[A-Za-z_]\w*)*)|(?<field>(?:\.[A-Za-z_]\w*)+)|(?<dot>\.)|(?<sign>:=|[|(),=])|(?<word>[A-Za-z_]\w*)/uy;

function tokens(source: string): Token[] {
  const found: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < source.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(source);
    if (!match) {
      const rest = source.slice(start);
      throw templateError(`unexpected ${JSON.stringify(rest.charAt(0))} in command`);
    }
    const token = tokenOf(match.groups ?? {});
    if (token) found.push(token);
  }
  return found;
}

function tokenOf(groups: Record<string, string | undefined>): Token | undefined {
  if (groups.string !== undefined) return { kind: "string", value: unquote(groups.string) };
  if (groups.raw !== undefined) return { kind: "string", value: groups.raw };
  if (groups.char !== undefined) {
    return { kind: "number", value: unquote(`"${groups.char}"`).codePointAt(0) ?? 0 };
  }
  if (groups.number !== undefined) return { kind: "number", value: Number(groups.number) };
  if (groups.variable !== undefined) {
    return { kind: "variable", name: `$${groups.variable}`, path: pathOf(groups.variablePath ?? "") };
  }
  if (groups.field !== undefined) return { kind: "field", path: pathOf(groups.field) };
  if (groups.dot !== undefined) return { kind: "dot" };
  if (groups.sign !== undefined) return { kind: "sign", text: groups.sign as "|" };
  if (groups.word !== undefined) return { kind: "word", text: groups.word };
  return undefined;
}

function pathOf(text: string): string[] {
  return text.split(".").filter((part) => part !== "");
}

/** Go's escapes that JSON lacks are rewritten first. */
function unquote(text: string): string {
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
    throw templateError(`invalid syntax in ${text}`, error);
  }
}
