// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language under test
import { describe, expect, test } from "bun:test";
import { SourceText } from "../yaml/source-text.ts";
import type { EnvEntry } from "./env-entry.ts";
import { readDotenv } from "./read-dotenv.ts";
import { readRawEnv } from "./read-raw-env.ts";

const shell: Record<string, string> = { SHELL_VAR: "from shell", BOTH: "shell" };

function read(text: string, reader: typeof readDotenv = readDotenv): Record<string, string> {
  const entries = new Map<string, EnvEntry>();
  reader(new SourceText(".env", text), entries, (name) => shell[name]);
  return Object.fromEntries([...entries].map(([name, { value }]) => [name, value]));
}

describe("what a line of a .env file says", () => {
  const cases: readonly [string, Record<string, string>][] = [
    ["A=b", { A: "b" }],
    ["A=b\r\nC=d\r\n", { A: "b", C: "d" }],
    ["\uFEFFA=b", { A: "b" }],
    ["  A = b  ", { A: "b" }],
    ["A: b", { A: "b" }],
    ["export A=b", { A: "b" }],
    ["A=", { A: "" }],
    ["# comment\n\nA=b # comment", { A: "b" }],
    ["A=b#c", { A: "b#c" }],
    ['A="x y"\nB=\'$A\'\nC="$A"', { A: "x y", B: "$A", C: "x y" }],
    ['A="two\nlines"\nB=1', { A: "two\nlines", B: "1" }],
    ['A="a\\nb\\t\\"c\\" \\$B \\q \\0101"', { A: 'a\nb\t"c" $B \\q A' }],
    ["A='it\\'s'", { A: "it's" }],
    ["A=1\nB=${A}2\nC=${X:-$B}", { A: "1", B: "12", C: "12" }],
    ["BOTH=file\nA=$BOTH", { BOTH: "file", A: "shell" }],
    ["SHELL_VAR\nMISSING\nA=1", { SHELL_VAR: "from shell", A: "1" }],
    ["A=1\nSHELL_VAR", { A: "1", SHELL_VAR: "from shell" }],
    ["a.b-c[0]=1", { "a.b-c[0]": "1" }],
    ["A=$$X", { A: "$X" }],
  ];
  for (const [text, expected] of cases) {
    test(JSON.stringify(text), () => expect(read(text)).toEqual(expected));
  }
});

describe("what is refused, with its place", () => {
  const cases: readonly [string, string][] = [
    ["A=1\nB%=2", '.env:2:2: unexpected character "%" in variable name "B%=2"'],
    ["A B=1", '.env:1:1: key cannot contain a space: "A B"'],
    ['A=1\nB="open\n', '.env:2:3: unterminated quoted value "open'],
    ["A=${B", '.env:1:3: invalid interpolation format: "${B"'],
    ["A=1\n\nB=${C:?needed}", ".env:3:3: required variable C is missing a value: needed"],
  ];
  for (const [text, message] of cases) {
    test(JSON.stringify(text), () => expect(() => read(text)).toThrow(message));
  }
});

test("entries know their places, and files add up", () => {
  const entries = new Map<string, EnvEntry>();
  readDotenv(new SourceText("a.env", "A=1\nB=2\n"), entries, () => undefined);
  readDotenv(new SourceText("b.env", "\n  B=$A\n"), entries, () => undefined);
  expect(entries.get("B")).toEqual({ value: "1", place: { file: "b.env", line: 2, column: 3 } });
});

test("the raw format keeps everything behind the sign", () => {
  expect(read("A='b' # c \n\n# no\n  B=$A\nSHELL_VAR\nMISSING\nC=", readRawEnv)).toEqual({
    A: "'b' # c ",
    B: "$A",
    SHELL_VAR: "from shell",
    C: "",
  });
  expect(() => read("ok=1\n=x", readRawEnv)).toThrow(".env:2:1: no variable name on line '=x'");
  expect(() => read("A B=x", readRawEnv)).toThrow(".env:1:1: variable 'A B' contains whitespaces");
});
