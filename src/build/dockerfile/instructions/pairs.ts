import { readFlags } from "../flags.ts";
import type { Arg, Env, Label, Pair } from "../instruction.ts";
import { failure, originalOf, restRange, type Statement, statementRange } from "../statement.ts";
import { quotedWords, type Word } from "../words.ts";

export function readEnv(statement: Statement): Env {
  const pairs = readPairs(statement, "ENV");
  return { name: "ENV", range: statementRange(statement), original: originalOf(statement), pairs };
}

export function readLabel(statement: Statement): Label {
  const pairs = readPairs(statement, "LABEL");
  return { name: "LABEL", range: statementRange(statement), original: originalOf(statement), pairs };
}

/** `a=b "c d"=e`, or the old form `a rest of the line`: the first word tells which. */
function readPairs(statement: Statement, name: string): readonly Pair[] {
  readFlags(statement, {});
  const words = quotedWords(statement.rest.text, statement.escape);
  const [first] = words;
  if (first === undefined) throw failure(statement, `${name} requires at least one argument`);
  if (first.text.includes("=")) return words.map((word) => readPair(statement, name, word));
  const [, key = "", value] = /^([^\t\v\f\r ]+)[\t\v\f\r ]+(.*)$/s.exec(statement.rest.text) ?? [];
  if (value === undefined) {
    throw failure(statement, `${name} must have two arguments`, undefined, `${name} ${first.text}=value`);
  }
  return [{ key, value, legacy: true }];
}

function readPair(statement: Statement, name: string, word: Word): Pair {
  const equals = word.text.indexOf("=");
  if (equals < 0) {
    throw failure(
      statement,
      `Syntax error - can't find = in ${JSON.stringify(word.text)}. Must be of the form: name=value`,
      restRange(statement, word),
    );
  }
  if (equals === 0) throw failure(statement, `${name} names can not be blank`, restRange(statement, word));
  return { key: word.text.slice(0, equals), value: word.text.slice(equals + 1), legacy: false };
}

/** Names, with or without `=value`. */
export function readArg(statement: Statement): Arg {
  readFlags(statement, {});
  const words = quotedWords(statement.rest.text, statement.escape);
  if (words.length === 0) throw failure(statement, "ARG requires at least one argument");
  const args = words.map((word) => {
    const equals = word.text.indexOf("=");
    if (equals < 0) return { key: word.text };
    if (equals === 0) throw failure(statement, "ARG names can not be blank", restRange(statement, word));
    return { key: word.text.slice(0, equals), value: word.text.slice(equals + 1) };
  });
  return { name: "ARG", range: statementRange(statement), original: originalOf(statement), args };
}
