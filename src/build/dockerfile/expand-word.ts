import { EngineError, invalidArgument } from "../../errors/engine-error.ts";
import { parseShellPattern, replaceMatches } from "./shell-pattern.ts";
import { substitute } from "./substitute.ts";

/*
 * From a word of a Dockerfile to its value: variables put in, quotes and escapes taken away.
 * Single quotes keep everything, double quotes keep all but `$` and the escape before `"`, `$`
 * and itself. Variables: `$name`, `${name}`, and with w expanded in turn
 *
 *   ${name:-w} ${name-w}    w where it is unset (with the colon: or empty)
 *   ${name:+w} ${name+w}    w where it is set (and not empty), else nothing
 *   ${name:?w} ${name?w}    an error that says w where it is unset (or empty)
 *   ${name#p}  ${name##p}   without the shortest (longest) beginning that matches p
 *   ${name%p}  ${name%%p}   without the shortest (longest) end that matches p
 *   ${name/p/w} ${name//p/w} the first match (every match) of p replaced by w
 */

/** A Map does, and so does a scope above another. */
export interface Variables {
  get(name: string): string | undefined;
}

export interface ExpandOptions {
  /** Of the directive `# escape=`. */
  readonly escape: "\\" | "`";
  /** Quotes are characters like others: the content of heredocs. */
  readonly quotesAreText?: boolean;
  /** Quotes stay where they are, and still quote. */
  readonly keepQuotes?: boolean;
  readonly keepEscapes?: boolean;
  /** A variable that is not set stays as it is written. */
  readonly keepUnset?: boolean;
}

export interface Expansion {
  readonly value: string;
  /** The value cut at blanks that were not quoted, those that came out of variables included. */
  readonly words: readonly string[];
  /** Names that were looked up and found. */
  readonly used: ReadonlySet<string>;
  /** Names that were looked up and not found, those with a default included. */
  readonly unset: ReadonlySet<string>;
  /** Of these, the ones the word has nothing for instead, like `${name:-x}` has. */
  readonly missing: ReadonlySet<string>;
}

export const expandWord = (word: string, variables: Variables, options: ExpandOptions): string =>
  expand(word, variables, options).value;

export const expandWords = (word: string, variables: Variables, options: ExpandOptions): readonly string[] =>
  expand(word, variables, options).words;

export function expand(word: string, variables: Variables, options: ExpandOptions): Expansion {
  const reader: Reader = {
    word,
    at: 0,
    variables,
    options,
    used: new Set(),
    unset: new Set(),
    missing: new Set(),
  };
  try {
    const { text, words } = readUntil(reader, "", options.keepEscapes === true);
    return { value: text, words, used: reader.used, unset: reader.unset, missing: reader.missing };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw invalidArgument(`failed to process ${JSON.stringify(word)}: ${error.message}`);
  }
}

interface Reader {
  readonly word: string;
  at: number;
  readonly variables: Variables;
  readonly options: ExpandOptions;
  readonly used: Set<string>;
  readonly unset: Set<string>;
  readonly missing: Set<string>;
}

interface Output {
  text: string;
  readonly words: string[];
  word: string;
}

function addText(output: Output, text: string): void {
  output.text += text;
  output.word += text;
}

function addCuttingAtBlanks(output: Output, text: string): void {
  output.text += text;
  for (const character of text) {
    if (!/\s/.test(character)) output.word += character;
    else if (output.word !== "") {
      output.words.push(output.word);
      output.word = "";
    }
  }
}

/** Reads up to `end`, which is consumed; an empty `end` is the end of the word. */
function readUntil(reader: Reader, end: string, keepEscapes: boolean): { text: string; words: string[] } {
  const output: Output = { text: "", words: [], word: "" };
  while (reader.at < reader.word.length) {
    const character = reader.word.charAt(reader.at++);
    if (character === end) return finished(output);
    if (character === "$") addCuttingAtBlanks(output, readVariable(reader));
    else if (character === "<") addText(output, readAngle(reader));
    else if (character === reader.options.escape) addText(output, readEscaped(reader, keepEscapes));
    else if (character === "'" && reader.options.quotesAreText !== true) addText(output, readSingle(reader));
    else if (character === '"' && reader.options.quotesAreText !== true) {
      addText(output, readDouble(reader, keepEscapes));
    } else addCuttingAtBlanks(output, character);
  }
  if (end !== "") throw invalidArgument(`unexpected end of statement while looking for matching ${end}`);
  return finished(output);
}

const finished = ({ text, words, word }: Output) => ({ text, words: word === "" ? words : [...words, word] });

/** An escape at the very end stands for nothing. */
function readEscaped(reader: Reader, keepEscapes: boolean): string {
  const character = reader.word.charAt(reader.at++);
  return keepEscapes ? reader.options.escape + character : character;
}

/** The blanks between `<<` and the name of a heredoc do not end the word. */
function readAngle(reader: Reader): string {
  const rest = /^<[\t\r ]*/.exec(reader.word.slice(reader.at, reader.at + 200))?.[0] ?? "";
  reader.at += rest.length;
  return `<${rest}`;
}

function readSingle(reader: Reader): string {
  const close = reader.word.indexOf("'", reader.at);
  if (close < 0) {
    throw invalidArgument("unexpected end of statement while looking for matching single-quote");
  }
  const text = reader.word.slice(reader.at, close);
  reader.at = close + 1;
  return reader.options.keepQuotes === true ? `'${text}'` : text;
}

function readDouble(reader: Reader, keepEscapes: boolean): string {
  const quote = reader.options.keepQuotes === true ? '"' : "";
  let result = quote;
  while (reader.at < reader.word.length) {
    const character = reader.word.charAt(reader.at++);
    if (character === '"') return result + quote;
    if (character === "$") result += readVariable(reader);
    else if (character === reader.options.escape) result += readEscapedInQuotes(reader, keepEscapes);
    else result += character;
  }
  throw invalidArgument("unexpected end of statement while looking for matching double-quote");
}

/** Inside of double quotes only `"`, `$` and the escape itself can be escaped; before others it stays. */
function readEscapedInQuotes(reader: Reader, keepEscapes: boolean): string {
  const token = reader.options.escape;
  const next = reader.word.charAt(reader.at);
  if (next === '"' || next === "$" || next === token) {
    reader.at++;
    return keepEscapes ? token + next : next;
  }
  return next === "" ? "" : token;
}

function lookUp(reader: Reader, name: string, isOptional = false): string | undefined {
  const value = reader.variables.get(name);
  (value === undefined ? reader.unset : reader.used).add(name);
  if (value === undefined && !isOptional) reader.missing.add(name);
  return value;
}

function readName(reader: Reader): string {
  const pattern = /\p{Nd}+|[@*#?\-$!]|[\p{L}_][\p{L}\p{Nd}_]*/uy;
  pattern.lastIndex = reader.at;
  const name = pattern.exec(reader.word)?.[0] ?? "";
  reader.at += name.length;
  return name;
}

function readVariable(reader: Reader): string {
  if (reader.word.charAt(reader.at) !== "{") {
    const name = readName(reader);
    if (name === "") return "$";
    return lookUp(reader, name) ?? (reader.options.keepUnset === true ? `$${name}` : "");
  }
  reader.at++;
  const first = reader.word.charAt(reader.at);
  if (first === "") throw invalidArgument("syntax error: missing '}'");
  if (first === "{" || first === "}" || first === ":") {
    throw invalidArgument("syntax error: bad substitution");
  }
  const name = readName(reader);
  const modifier = reader.word.charAt(reader.at++);
  switch (modifier) {
    case "":
      throw invalidArgument("syntax error: missing '}'");
    case "}":
      return lookUp(reader, name) ?? (reader.options.keepUnset === true ? `\${${name}}` : "");
    case "/":
      return replaced(reader, name);
    default:
      return modified(reader, name, modifier);
  }
}

function modified(reader: Reader, name: string, first: string): string {
  const modifier = first === ":" ? first + reader.word.charAt(reader.at++) : first;
  if (!/^(?::?[-+?]|[#%])$/.test(modifier)) throw unsupported(modifier);
  const isPattern = modifier === "#" || modifier === "%";
  const word = readPart(reader, "}", isPattern, "syntax error: missing '}'");
  const value = lookUp(reader, name, !isPattern);
  if (value === undefined && reader.options.keepUnset === true) return `\${${name}${modifier}${word}}`;
  return substitute({ name, modifier, value, word });
}

const unsupported = (modifier: string) =>
  invalidArgument(`unsupported modifier (${modifier}) in substitution`);

function replaced(reader: Reader, name: string): string {
  const all = reader.word.charAt(reader.at) === "/";
  if (all) reader.at++;
  const pattern = readPart(reader, "/", true, "syntax error: missing '/' in $" + "{}");
  const replacement = readPart(reader, "}", true, "syntax error: missing '}'");
  const value = lookUp(reader, name);
  if (value === undefined && reader.options.keepUnset === true) {
    return `\${${name}${all ? "//" : "/"}${pattern}/${replacement}}`;
  }
  return replaceMatches(parseShellPattern(pattern), value ?? "", replacement, all);
}

/** A part of a substitution; an end that is missing is said in its own words. */
function readPart(reader: Reader, end: string, keepEscapes: boolean, missing: string): string {
  try {
    return readUntil(reader, end, keepEscapes).text;
  } catch (error) {
    if (reader.at >= reader.word.length) throw invalidArgument(missing);
    throw error;
  }
}
