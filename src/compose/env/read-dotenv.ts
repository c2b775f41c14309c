import { InvalidTemplate, type Lookup, MissingVariable, substitute } from "../interpolate/substitute.ts";
import { ComposeFileError } from "../load/compose-error.ts";
import type { SourceText } from "../yaml/source-text.ts";
import { expandEscapes } from "./dotenv-escapes.ts";
import type { EnvEntry } from "./env-entry.ts";

/**
 * Reads the variables of a `.env` file into `entries`. Values are expanded from `lookup` first, then
 * from what `entries` has, which is what stands above in this file or in the files before it. A name
 * alone takes its value from `lookup`, and is no entry where there is none. Throws a ComposeFileError.
 */
export function readDotenv(source: SourceText, entries: Map<string, EnvEntry>, lookup: Lookup): void {
  const text = source.text;
  const reading: Reading = {
    source,
    text,
    expand: (value, at) => expand(value, at, source, (name) => lookup(name) ?? entries.get(name)?.value),
  };
  let at = nextStatement(text, text.startsWith("\uFEFF") ? 1 : 0);
  while (at < text.length) {
    const name = readName(reading, at);
    const place = source.placeAt(name.start);
    let next = name.end;
    let value: string | undefined;
    if (name.isAlone) value = lookup(name.text);
    else ({ value, next } = readValue(reading, name.end));
    if (value !== undefined) entries.set(name.text, { value, place });
    at = nextStatement(text, next);
  }
}

interface Reading {
  readonly source: SourceText;
  readonly text: string;
  expand(value: string, at: number): string;
}

/** Blanks inside a line. */
const blank = /[\t\v\f\r \u0085\u00a0]/;

/** Behind empty lines and comments. */
function nextStatement(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && /[\s\u0085]/.test(text[at] ?? "") && text[at] !== "\uFEFF") at++;
    if (text[at] !== "#") return at;
    const end = text.indexOf("\n", at);
    if (end < 0) return text.length;
    at = end;
  }
}

interface Name {
  readonly text: string;
  readonly start: number;
  /** Where the value begins, or the next statement. */
  readonly end: number;
  /** `NAME` without a value. */
  readonly isAlone: boolean;
}

/** `export NAME=`, `NAME:`, or `NAME` alone on its line. */
function readName({ source, text }: Reading, from: number): Name {
  let start = from;
  if (/^export\s/.test(text.slice(from, from + 7))) {
    start = skipBlanks(text, from + "export".length);
  }
  for (let at = start; at < text.length; at++) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (blank.test(char) || /[\p{L}\p{N}_.[\]-]/u.test(char)) {
      at += char.length - 1;
      continue;
    }
    if (char !== "=" && char !== ":" && char !== "\n") {
      const line = text.slice(start).split("\n", 1)[0] ?? "";
      throw fault(source, at, `unexpected character ${quoted(char)} in variable name ${quoted(line)}`);
    }
    const name = text.slice(start, at).replace(/[\s\u0085]+$/, "");
    if (name.includes(" ")) throw fault(source, start, `key cannot contain a space: ${quoted(name)}`);
    return { text: name, start, end: skipBlanks(text, at + 1), isAlone: char === "\n" };
  }
  const name = text.slice(start).trimEnd();
  if (name.includes(" ")) throw fault(source, start, `key cannot contain a space: ${quoted(name)}`);
  return { text: name, start, end: text.length, isAlone: true };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && blank.test(text[at] ?? "")) at++;
  return at;
}

function readValue(reading: Reading, from: number): { value: string; next: number } {
  const { text } = reading;
  const quote = text[from];
  if (quote === '"' || quote === "'") return readQuoted(reading, from, quote);
  const newline = text.indexOf("\n", from);
  const end = newline < 0 ? text.length : newline;
  const line = text.slice(from, end);
  const comment = line.indexOf(" #");
  const value = (comment < 0 ? line : line.slice(0, comment)).replace(/[\s\u0085]+$/, "");
  return { value: reading.expand(value, from), next: end + 1 };
}

/** A backslash keeps the quote behind it from closing; every other backslash stays for the escapes. */
function readQuoted(reading: Reading, from: number, quote: string): { value: string; next: number } {
  const { source, text } = reading;
  let value = "";
  let isEscaped = false;
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === quote && !isEscaped) {
      const result = quote === '"' ? reading.expand(expandEscapes(value), from) : value;
      return { value: result, next: at + 1 };
    }
    if (char === "\\" && !isEscaped) {
      isEscaped = true;
      continue;
    }
    if (isEscaped && char !== quote) value += "\\";
    isEscaped = false;
    value += char;
  }
  const line = text.slice(from).split("\n", 1)[0] ?? "";
  throw fault(source, from, `unterminated quoted value ${line}`);
}

function expand(value: string, at: number, source: SourceText, lookup: Lookup): string {
  try {
    return substitute(value, lookup);
  } catch (error) {
    if (error instanceof InvalidTemplate || error instanceof MissingVariable) {
      throw fault(source, at, error.message);
    }
    throw error;
  }
}

function fault(source: SourceText, at: number, message: string): ComposeFileError {
  return new ComposeFileError([{ place: source.placeAt(at), path: "", message }]);
}

const quoted = (text: string) => JSON.stringify(text);
