import { invalidArgument } from "../errors/engine-error.ts";

/**
 * Shell patterns of one path element, as Go's path.Match: `*` and `?` stop at `/`, `[a-z]`
 * and `[^a]` are classes, a backslash takes the next character as it is.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const expression = new RegExp(`^${translate(pattern)}$`, "s");
  return (text) => expression.test(text);
}

const quote = (character: string) => character.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");

function translate(pattern: string): string {
  const characters = [...pattern];
  let source = "";
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? "";
    if (character === "*") source += "[^/]*";
    else if (character === "?") source += "[^/]";
    else if (character === "\\") source += quote(literal(characters[++i]));
    else if (character === "[") {
      const { expression, end } = translateClass(characters, i);
      source += expression;
      i = end;
    } else source += quote(character);
  }
  return source;
}

function translateClass(characters: readonly string[], start: number): { expression: string; end: number } {
  let i = start + 1;
  const negated = characters[i] === "^";
  if (negated) i++;
  let members = "";
  for (; characters[i] !== "]" || members === ""; i++) {
    const from = member(characters, i);
    i = from.at;
    members += quote(from.character);
    if (characters[i + 1] === "-") {
      const to = member(characters, i + 2);
      i = to.at;
      if (to.character < from.character) continue;
      members += `-${quote(to.character)}`;
    }
  }
  return { expression: `[${negated ? "^" : ""}${members}]`, end: i };
}

function member(characters: readonly string[], at: number): { character: string; at: number } {
  const character = literal(characters[at]);
  if (character === "-" || character === "]") throw syntaxError();
  return character === "\\" ? { character: literal(characters[at + 1]), at: at + 1 } : { character, at };
}

function literal(character: string | undefined): string {
  if (character === undefined) throw syntaxError();
  return character;
}

const syntaxError = () => invalidArgument("syntax error in pattern");
