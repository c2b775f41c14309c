// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Dockerfiles
import { describe, expect, test } from "bun:test";
import { expand, expandWord, expandWords } from "./expand-word.ts";

const variables = new Map([
  ["NAME", "hull"],
  ["EMPTY", ""],
  ["PATHS", "a.b.c"],
  ["LIST", "80 443"],
  ["STARS", "a*b*c"],
  ["LINES", "a\nb"],
]);
const slash = { escape: "\\" } as const;

describe("expandWord", () => {
  test.each([
    ["plain", "plain"],
    ["$NAME/x", "hull/x"],
    ["${NAME}s", "hulls"],
    ["$NOTHING.", "."],
    ["a$", "a$"],
    ["$.", "$."],
    ["$1x$@", "x"],
    ["'$NAME \\'", "$NAME \\"],
    ['"$NAME \\$NAME \\" \\x \\\\"', 'hull $NAME " \\x \\'],
    ["\\$NAME\\ x", "$NAME x"],
    ["dangling\\", "dangling"],
    ["${NOTHING:-x}${EMPTY:-y}${EMPTY-z}${NAME:-w}", "xyhull"],
    ["${NOTHING:+x}${EMPTY:+y}${EMPTY+z}${NAME:+w}", "zw"],
    ["${NOTHING:-${EMPTY:-$NAME}}", "hull"],
    ["${NOTHING:-'a}b'}", "a}b"],
    ["${NAME:?no}${EMPTY?no}", "hull"],
    ["${PATHS#*.}", "b.c"],
    ["${PATHS##*.}", "c"],
    ["${PATHS%.*}", "a.b"],
    ["${PATHS%%.*}", "a"],
    ["${PATHS%x}", "a.b.c"],
    ["${STARS#*\\*}", "b*c"],
    ["${PATHS/./-}", "a-b.c"],
    ["${PATHS//./-}", "a-b-c"],
    ["${PATHS//?/x}", "xxxxx"],
    ["${PATHS/*/x}", "x"],
    ["${LINES#*b}", "a\nb"],
    ["${PATHS//\\//x}", "a.b.c"],
    ["$ÄB", ""],
  ])("%s", (word, value) => {
    expect(expandWord(word, variables, slash)).toBe(value);
  });

  test.each([
    ["${", "syntax error: missing '}'"],
    ["${}", "syntax error: bad substitution"],
    ["${:x}", "syntax error: bad substitution"],
    ["${NAME", "syntax error: missing '}'"],
    ["${NAME:-x", "syntax error: missing '}'"],
    ["${NAME:x}", "unsupported modifier (:x) in substitution"],
    ["${NAME:#x}", "unsupported modifier (:#) in substitution"],
    ["${NAME^}", "unsupported modifier (^) in substitution"],
    ["${NAME/x}", "syntax error: missing '/' in ${}"],
    ["${NAME#\\x}", "invalid pattern (\\x) in substitution: invalid escape '\\x'"],
    ["${NOTHING?}", "NOTHING: is not allowed to be unset"],
    ["${EMPTY:?}", "EMPTY: is not allowed to be empty"],
    ["${NOTHING:?say $NAME}", "NOTHING: say hull"],
    ["'x", "unexpected end of statement while looking for matching single-quote"],
    ['"x', "unexpected end of statement while looking for matching double-quote"],
  ])("%s is refused", (word, message) => {
    expect(() => expandWord(word, variables, slash)).toThrow(
      `failed to process ${JSON.stringify(word)}: ${message}`,
    );
  });

  test("the other escape", () => {
    expect(expandWord("c:\\x`$NAME", variables, { escape: "`" })).toBe("c:\\x$NAME");
  });

  test("content of heredocs keeps its quotes", () => {
    const content = 'it\'s "$NAME"\n\\$NAME';
    expect(expandWord(content, variables, { ...slash, quotesAreText: true })).toBe('it\'s "hull"\n$NAME');
  });

  test("a word of many wildcards does not take long", () => {
    const long = new Map([["X", "a".repeat(3000)]]);
    const word = `\${X#${"*a".repeat(30)}*b}`;
    expect(expandWord(word, long, slash)).toBe("a".repeat(3000));
  });
});

describe("expandWords", () => {
  test.each([
    ["$LIST", ["80", "443"]],
    ['"$LIST"', ["80 443"]],
    ["8${NOTHING:-0}", ["80"]],
    ["a  b\tc", ["a", "b", "c"]],
    ["x$LIST/tcp", ["x80", "443/tcp"]],
    ["$EMPTY", []],
    ["a\\ b", ["a b"]],
  ])("%s", (word, words) => {
    expect(expandWords(word, variables, slash)).toEqual(words);
  });
});

test("expand says which variables it looked up", () => {
  const { used, unset, missing } = expand("$NAME${GONE:-$EMPTY}${LOST+$NAME}$AWAY", variables, slash);
  expect([...used].sort()).toEqual(["EMPTY", "NAME"]);
  expect([...unset].sort()).toEqual(["AWAY", "GONE", "LOST"]);
  expect([...missing]).toEqual(["AWAY"]);
});

test("unset variables can be left as they are", () => {
  const options = { ...slash, keepUnset: true, keepQuotes: true };
  expect(expandWord("'a' $GONE ${GONE:-$NAME} ${GONE} $NAME", variables, options)).toBe(
    "'a' $GONE ${GONE:-hull} ${GONE} hull",
  );
});
