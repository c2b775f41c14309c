import type { Word } from "./words.ts";

/** A `--flag=value` before the arguments, freed of quotes and escapes; `end` is where it ends as written. */
export interface FlagWord extends Word {
  readonly end: number;
}

/** The flags an instruction begins with, and where the rest of it begins. A lone `--` ends them. */
export function splitFlags(text: string, token: string): { flags: FlagWord[]; rest: number } {
  const flags: FlagWord[] = [];
  let at = 0;
  for (;;) {
    at += text.slice(at).search(/\S|$/);
    if (!text.startsWith("--", at)) return { flags, rest: at };
    const flag = readFlag(text, at, token);
    at = flag.end;
    if (flag.text === "--") return { flags, rest: at };
    flags.push(flag);
  }
}

function readFlag(text: string, from: number, token: string): FlagWord {
  let word = "";
  let quote = "";
  let at = from;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === token) word += text.charAt(++at);
    else if (quote !== "") {
      if (character === quote) quote = "";
      else word += character;
    } else if (/\s/.test(character)) break;
    else if (character === "'" || character === '"') quote = character;
    else word += character;
  }
  return { text: word, at: from, end: Math.min(at, text.length) };
}
