import { describe, expect, test } from "bun:test";
import { ignoreMatcher, parseIgnoreFile } from "./ignore-file.ts";

const paths = [
  ...["a", "b.md", "README.md", "dir", "dir/a", "dir/b.md", "dir/sub", "dir/sub/a", "dir/sub/b.md"],
  ...["node_modules", "node_modules/x", "dir/node_modules/x", ".git", ".git/HEAD", "a b", "[x]"],
];

const left = (text: string) => paths.filter((path) => !parseIgnoreFile(text).isIgnored(path));
const gone = (text: string) => paths.filter((path) => parseIgnoreFile(text).isIgnored(path));

describe("parseIgnoreFile", () => {
  test.each<[string, string[]]>([
    ["", []],
    ["# a\n\n", []],
    ["a", ["a"]],
    ["\uFEFFa\r\n", ["a"]],
    ["/a", ["a"]],
    ["./a/", ["a"]],
    ["x/../a", ["a"]],
    ["dir", ["dir", "dir/a", "dir/b.md", "dir/sub", "dir/sub/a", "dir/sub/b.md", "dir/node_modules/x"]],
    ["*.md", ["b.md", "README.md"]],
    ["**/*.md", ["b.md", "README.md", "dir/b.md", "dir/sub/b.md"]],
    ["*/*.md", ["dir/b.md"]],
    ["**/node_modules", ["node_modules", "node_modules/x", "dir/node_modules/x"]],
    ["dir/sub/**", ["dir/sub/a", "dir/sub/b.md"]],
    ["dir/**/a", ["dir/a", "dir/sub/a"]],
    ["?", ["a"]],
    ["a b ", ["a b"]],
    ["\\[x\\]", ["[x]"]],
    [".[a-h]it", [".git", ".git/HEAD"]],
    ["*.md\n!README.md", ["b.md"]],
    ["!README.md\n*.md", ["b.md", "README.md"]],
    ["dir\n!dir/sub", ["dir", "dir/a", "dir/b.md", "dir/node_modules/x"]],
    ["dir/*\n! dir/sub/a", ["dir/a", "dir/b.md", "dir/sub", "dir/sub/b.md", "dir/node_modules/x"]],
    [".", []],
    ["/", []],
  ])("%j", (text, expected) => {
    expect(gone(text)).toEqual(expected);
  });

  test("everything but some", () => {
    expect(left("*\n!dir/sub\n!*.md")).toEqual(["b.md", "README.md", "dir/sub", "dir/sub/a", "dir/sub/b.md"]);
    expect(left("**\n!**/a")).toEqual(["a", "dir/a", "dir/sub/a"]);
  });

  test.each(["!", "! ", "!/", "[", "[]", "[-a]", "[z-a]", "a\\"])("%j is refused", (text) => {
    expect(() => parseIgnoreFile(text)).toThrow();
  });

  test("says which line decided", () => {
    const matcher = parseIgnoreFile("# docs\n*.md\n\n!README.md\ndir");
    expect(matcher.decide("b.md").rule).toMatchObject({ pattern: "*.md", line: 2, isException: false });
    expect(matcher.decide("README.md").rule).toMatchObject({ text: "!README.md", line: 4 });
    expect(matcher.decide("dir/sub/a").rule?.line).toBe(5);
    expect(matcher.decide("a")).toEqual({ ignored: false, rule: undefined });
  });

  test("the context itself is never ignored", () => {
    expect(parseIgnoreFile("**").isIgnored(".")).toBe(false);
  });
});

describe("mayIncludeBelow", () => {
  test.each<[string, string, boolean]>([
    ["dir", "dir", false],
    ["dir", "dir/sub", false],
    ["dir", "other", true],
    ["dir\n!dir/sub/a", "dir", true],
    ["dir\n!dir/sub/a", "dir/sub", true],
    ["dir\n!dir/sub/a", "dir/other", false],
    ["!dir/sub/a\ndir", "dir", false],
    ["*\n!*.md", "dir", false],
    ["*\n!*.md", "", true],
    ["*", "", false],
    ["**\n!**/a", "dir/sub", true],
    ["dir/*", "dir", false],
    ["dir/*.md", "dir", true],
    ["dir\n!dir/s*b/a", "dir/sub", true],
    ["dir\n!dir/s*b/a", "dir/other", false],
  ])("%j, %s: %p", (text, directory, expected) => {
    expect(parseIgnoreFile(text).mayIncludeBelow(directory)).toBe(expected);
  });
});

test("ignoreMatcher takes the texts of another one's rules", () => {
  const { rules } = parseIgnoreFile("# x\n/dir/\n!./dir/a\n");
  const texts = rules.map(({ text }) => text);
  expect(texts).toEqual(["dir", "!dir/a"]);
  expect(ignoreMatcher(texts).isIgnored("dir/b")).toBe(true);
  expect(ignoreMatcher(texts).isIgnored("dir/a")).toBe(false);
});

test("five thousand files are decided quickly whatever the number of rules", () => {
  const rules = Array.from({ length: 100 }, (_, i) => `**/x${i}/*.o`).join("\n");
  const matcher = parseIgnoreFile(rules);
  let ignored = 0;
  for (let i = 0; i < 5000; i++) if (matcher.isIgnored(`src/d${i % 50}/x${i % 100}/f${i}.o`)) ignored++;
  expect(ignored).toBe(5000);
});
