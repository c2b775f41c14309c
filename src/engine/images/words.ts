import { invalidArgument } from "../../errors/engine-error.ts";

/*
 * Words of Dockerfile instructions: cut at blanks outside of quotes, then freed of quotes
 * and backslashes while variables are replaced. Single quotes keep everything as it is.
 */

/** Cuts a line into words, quotes and backslashes still in place. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = "";
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === "\\" && quote !== "'" && i + 1 < text.length) {
      word += character + text.charAt(++i);
      continue;
    }
    if (quote === "" && /\s/.test(character)) {
      if (word !== "") words.push(word);
      word = "";
      continue;
    }
    if (quote !== "" ? character === quote : character === '"' || character === "'") {
      quote = quote === "" ? character : "";
    }
    word += character;
  }
  return word === "" ? words : [...words, word];
}

export function expandWord(word: string, variables: ReadonlyMap<string, string>): string {
  return readUntil({ word, at: 0, variables }, "");
}

interface Reader {
  readonly word: string;
  at: number;
  readonly variables: ReadonlyMap<string, string>;
}

/** Reads up to `end` (consumed) or the end of the word. */
function readUntil(reader: Reader, end: string): string {
  let result = "";
  while (reader.at < reader.word.length) {
    const character = reader.word.charAt(reader.at++);
    if (character === end) return result;
    if (character === "'") result += readSingle(reader);
    else if (character === '"') result += readDouble(reader);
    else if (character === "$") result += readVariable(reader);
    else if (character === "\\") result += reader.word.charAt(reader.at++);
    else result += character;
  }
  if (end !== "") throw failure(reader, "syntax error: missing '}'");
  return result;
}

function readSingle(reader: Reader): string {
  const close = reader.word.indexOf("'", reader.at);
  if (close < 0) throw failure(reader, "unexpected end of statement while looking for matching single-quote");
  const text = reader.word.slice(reader.at, close);
  reader.at = close + 1;
  return text;
}

/** In double quotes a backslash stays unless it stands before `"`, `$` or itself. */
function readDouble(reader: Reader): string {
  let result = "";
  while (reader.at < reader.word.length) {
    const character = reader.word.charAt(reader.at++);
    if (character === '"') return result;
    if (character === "$") result += readVariable(reader);
    else if (character === "\\" && /["$\\]/.test(reader.word.charAt(reader.at))) {
      result += reader.word.charAt(reader.at++);
    } else result += character;
  }
  throw failure(reader, "unexpected end of statement while looking for matching double-quote");
}

/** `$name`, `${name}`, and `${name:-word}` with `-`, `+`, `?`, with or without the colon. */
function readVariable(reader: Reader): string {
  const rest = reader.word.slice(reader.at);
  if (!rest.startsWith("{")) {
    const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-])/.exec(rest)?.[0];
    if (name === undefined) return "$";
    reader.at += name.length;
    return reader.variables.get(name) ?? "";
  }
  const name = /^\{([A-Za-z_][A-Za-z0-9_]*|[0-9]+)/.exec(rest)?.[1];
  if (name === undefined) throw failure(reader, "bad substitution");
  reader.at += name.length + 1;
  const value = reader.variables.get(name);
  const modifier = /^:?[-+?]|^\}/.exec(reader.word.slice(reader.at))?.[0];
  if (modifier === undefined) throw failure(reader, "unsupported modifier in substitution");
  reader.at += modifier.length;
  return modifier === "}" ? (value ?? "") : substitute(reader, name, value, modifier);
}

function substitute(reader: Reader, name: string, value: string | undefined, modifier: string): string {
  const word = readUntil(reader, "}");
  const isSet = modifier.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  switch (modifier.at(-1)) {
    case "-":
      return isSet ? (value ?? "") : word;
    case "+":
      return isSet ? word : "";
    default:
      if (isSet) return value ?? "";
      throw failure(reader, `${name}: ${word || "not allowed to be unset"}`);
  }
}

const failure = (reader: Reader, reason: string) =>
  invalidArgument(`failed to process ${JSON.stringify(reader.word)}: ${reason}`);
