import { expect, test } from "bun:test";
import { compileGlob } from "./glob.ts";

test.each([
  ["busy*", "busybox", true],
  ["busy*", "busy/box", false],
  ["*/*", "a/b", true],
  ["b?x", "box", true],
  ["b?x", "b/x", false],
  ["[a-c]x", "bx", true],
  ["[^a-c]x", "bx", false],
  ["[^a-c]x", "dx", true],
  ["a\\*b", "a*b", true],
  ["a\\*b", "axb", false],
  ["a.b", "axb", false],
  ["a+(b|c)", "a+(b|c)", true],
  ["[\\]]", "]", true],
  ["", "", true],
])("glob %p on %p is %p", (pattern, text, expected) => {
  expect(compileGlob(pattern)(text)).toBe(expected);
});

test.each(["[x", "[]", "a\\", "[a-", "[-a]", "[", "[^"])("refuses %p", (pattern) => {
  expect(() => compileGlob(pattern)).toThrow("syntax error in pattern");
});
