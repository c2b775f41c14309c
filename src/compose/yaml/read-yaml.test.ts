import { describe, expect, test } from "bun:test";
import { placeOf } from "./places.ts";
import { readYaml } from "./read-yaml.ts";
import type { YamlValue } from "./yaml-value.ts";

const read = (text: string) => readYaml("c.yaml", text).map(({ value }) => value);
const one = (text: string) => read(text)[0];

describe("what a text without quotes is", () => {
  const cases: readonly [string, YamlValue][] = [
    ["12", 12],
    ["-0", 0],
    ["1_000", 1000],
    ["0x1F", 31],
    ["0o17", 15],
    ["0644", 420],
    ["08", 8],
    ["0b11", 3],
    ["1.50", 1.5],
    [".5", 0.5],
    ["1e3", 1000],
    [".inf", Number.POSITIVE_INFINITY],
    ["9007199254740993", 9007199254740993n],
    ["18446744073709551615", 18446744073709551615n],
    ["123456789012345678901", 123456789012345680000],
    ["true", true],
    ["False", false],
    ["yes", "yes"],
    ["on", "on"],
    ["~", null],
    ["Null", null],
    ["1:30", "1:30"],
    ["2024-01-01", "2024-01-01"],
    ["1.2.3", "1.2.3"],
    ["!!str 12", "12"],
    ['!!int "12"', 12],
    ["!!binary aGVsbG8=", "hello"],
    ["!own 12", "12"],
    ["'12'", "12"],
  ];
  for (const [text, expected] of cases) test(text, () => expect(one(`a: ${text}`)).toEqual({ a: expected }));
});

describe("the styles", () => {
  const cases: readonly [string, YamlValue][] = [
    ["a: |\n  x\n   y\n\n  z\n", "x\n y\n\nz\n"],
    ["a: >\n  x\n  y\n\n  z\n   w\n  v\n", "x y\nz\n w\nv\n"],
    ["a: |-\n  x\n\n", "x"],
    ["a: |+\n  x\n\n", "x\n\n"],
    ["a: |2\n   x\n", " x\n"],
    ['a: "x\\ty\\\n   z\n\n  w"', "x\tyz\nw"],
    ["a: 'it''s\n  so'", "it's so"],
    ["a: x # comment\n  ", "x"],
    ["a: x#y", "x#y"],
    ["a: two\n  lines", "two lines"],
    ["a: [1, {b: c, d}, e: f, ]", [1, { b: "c", d: null }, { e: "f" }]],
    ['a: {"b":1}', { b: 1 }],
    ["a:\n- 1\n- - 2\n  -", [1, [2, null]]],
    ["? a\n: - 1", [1]],
  ];
  for (const [text, expected] of cases) {
    test(JSON.stringify(text), () => expect(one(text)).toEqual({ a: expected }));
  }
});

test("anchors are copied, not shared", () => {
  const value = one("a: &x {k: [1]}\nb: *x\n") as { a: { k: number[] }; b: { k: number[] } };
  value.a.k.push(2);
  expect(value.b).toEqual({ k: [1] });
});

test("a merge key gives what the mapping does not have, the first of several first", () => {
  const text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2, <<: {d: 3}}\nz:\n  <<: [*x, *y]\n  a: 0\n";
  expect((one(text) as { z: YamlValue }).z).toEqual({ a: 0, b: 1, c: 2, d: 3 });
});

test("a key may be called __proto__ and stays a key", () => {
  expect(Object.keys(one("__proto__: 1\nb: 2\n") as object)).toEqual(["__proto__", "b"]);
});

test("several documents, and none", () => {
  expect(read("a: 1\n---\nb: 2\n...\n---\n- 3\n")).toEqual([{ a: 1 }, { b: 2 }, [3]]);
  expect(read("# nothing\n")).toEqual([]);
  expect(read("---\n")).toEqual([null]);
});

test("!reset and !override are told of, through aliases too", () => {
  const text = "a: &x\n  b: !reset null\n  c: !override [1, !reset 2]\nd: *x\ne: [!reset 1, 2]\n";
  const [document] = readYaml("c.yaml", text);
  expect(document?.value).toEqual({ a: { c: [1, "2"] }, d: { c: [1, "2"] }, e: [2] });
  expect(document?.marks.map(({ tag, path }) => `${tag} ${path.join(".")}`)).toEqual([
    "reset a.b",
    "override a.c",
    "reset d.b",
    "override d.c",
    "reset e.0",
  ]);
});

test("every key and value knows its place; what came by an alias, the place it is written at", () => {
  const value = one("x: &x\n  k: v\na:\n  - b\n  - <<: *x\n    c:  d\n") ?? null;
  const at = (path: (string | number)[], of?: "key" | "value") => {
    const place = placeOf(value, path, of);
    return `${place?.line}:${place?.column}`;
  };
  expect(at(["a", 0])).toBe("4:5");
  expect(at(["a", 1, "c"])).toBe("6:9");
  expect(at(["a", 1, "c"], "key")).toBe("6:5");
  expect(at(["a", 1, "k"])).toBe("2:6");
  expect(at(["a", 1, "unknown"])).toBe("5:5");
});

describe("what cannot be read is told with its place", () => {
  const cases: readonly [string, string][] = [
    ["a:\n\tb: 1\n", "2:1: a tab cannot indent a line: use spaces"],
    ["a:\n  b: 1\n \tc: 2\n", "3:2: a tab cannot indent a line: use spaces"],
    [
      "a:\n  b: 1\n c: 2\n",
      "3:2: this line does not fit the ones above: is it indented as its neighbours are?",
    ],
    ["a: 1\n  b: 2\n", "2:4: a mapping cannot begin here"],
    ["a: b: c\n", '1:5: a mapping cannot begin here: put the value in quotes if ":" is part of it'],
    ["a:b\nc: d\n", '1:1: this is no key: a space must follow "a:"'],
    ["x: 1\na:b\nc: d\n", '2:1: a key is expected here, with ":" behind it: a space must follow "a:"'],
    ["a: 1\na: 2\n", '2:1: mapping key "a" already defined at line 1'],
    ["a: @x\n", '1:4: "@" cannot begin a value: put the value in quotes'],
    ["a: %x\n", '1:4: "%" cannot begin a value: put the value in quotes'],
    ["a: *x\n", '1:4: there is no anchor "&x" above this alias'],
    ["a: &x [*x]\n", "1:8: this alias contains itself"],
    ["a: &x [{<<: *x}]\n", "1:8: this alias contains itself"],
    ["a: &x\n  <<: *x\n", "2:7: this alias contains itself"],
    ['a: "x\nb: 1\n', "1:4: this quote is never closed"],
    ['a: "\\q"\n', '1:5: "\\q" is no escape: write a backslash twice, or use single quotes'],
    ["a: [1\nb: 2\n", '2:2: "," or "]" is expected here: the "[" of line 1 is still open'],
    ["a: {b: 1\n", '1:4: "{" is never closed by "}"'],
    ["a: - b\n", '1:4: a list cannot begin here: "-" belongs on a line of its own'],
    ["a:\n  - b\n  c: d\n", '3:3: an item of this list must begin with "- "'],
    ["1: a\n", "1:1: non-string key 1: a key must be a text, put it in quotes"],
    ["a: !!int x\n", '1:4: "x" is not what the tag "!!int" says'],
    ["<<: 1\n", '1:5: "<<" wants a mapping or a list of mappings'],
    ["a: \0\n", "1:4: control characters are not allowed"],
  ];
  for (const [text, message] of cases) {
    test(JSON.stringify(text), () => expect(() => read(text)).toThrow(`c.yaml:${message}`));
  }

  test("a bomb of aliases", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(", ")}]`,
      );
    expect(() => read(lines.join("\n"))).toThrow("aliases repeat too much");
  });
});
