import { expect, test } from "bun:test";
import { shellWords } from "./shell-words.ts";

test.each([
  ["", []],
  ["  echo  a\tb ", ["echo", "a", "b"]],
  [`echo "a b" 'c "d"' e\\ f`, ["echo", "a b", 'c "d"', "e f"]],
  [`a "" b`, ["a", "", "b"]],
  [`'a\\b'`, ["a\\b"]],
  ["echo $HOME `x y`", ["echo", "$HOME", "`x y`"]],
  ["echo $(a b) c", ["echo", "$(a b)", "c"]],
  ["run a; run b", ["run", "a"]],
  ["run 2>file", ["run"]],
  ["a=b'c d'e", ["a=bc de"]],
])("%p", (line, words) => {
  expect(shellWords(line)).toEqual(words);
});

test.each([`echo "a`, "echo 'a", "a \\", "a (b)", "echo `x"])("%p is no command line", (line) => {
  expect(() => shellWords(line)).toThrow("invalid command line string");
});
