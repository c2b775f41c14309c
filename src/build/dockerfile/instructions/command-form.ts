import type { CommandForm } from "../instruction.ts";
import { jsonWords, meantWords } from "../json-words.ts";
import { failure, type Statement, statementRange, wordRange } from "../statement.ts";
import { blankWords, type Word } from "../words.ts";

/** A JSON array of strings is the exec form, everything else a line for the shell. */
export function readCommand(statement: Statement, word: Word): CommandForm {
  const words = readJson(statement, word);
  return words === undefined ? { form: "shell", line: word.text } : { form: "exec", words };
}

/** A JSON array, or words between blanks. */
export const readList = (statement: Statement): readonly string[] =>
  readJson(statement, statement.rest) ?? blankWords(statement.rest.text).map(({ text }) => text);

/** Undefined: it is no JSON, and a warning is left where it was probably meant to be. */
export function readJson(statement: Statement, word: Word): readonly string[] | undefined {
  const words = jsonWords(word.text);
  if (words === "mixed") {
    throw failure(
      statement,
      "when using JSON array syntax, arrays must be comprised of strings only",
      wordRange(statement, word),
    );
  }
  if (words === undefined && word.text.startsWith("[")) warnOfJson(statement, word);
  return words;
}

function warnOfJson(statement: Statement, word: Word): void {
  const meant = meantWords(word.text);
  if (meant === undefined) return;
  const name = statement.keyword.text.toUpperCase();
  const isList = ["COPY", "ADD", "VOLUME"].includes(name);
  const before = statement.line.text.slice(statement.keyword.at, word.at).trimEnd();
  statement.warnings.push({
    rule: "InvalidJSONForm",
    message: `${name} is given something like a JSON array that is none, so it is read ${isList ? "word by word" : "as a line for the shell"}: ${word.text}`,
    detail: "A JSON array has its strings in double quotes, commas between them and a bracket at each end",
    range: statementRange(statement),
    rewrite: `${before} [${meant.map((text) => JSON.stringify(text)).join(", ")}]`,
  });
}
