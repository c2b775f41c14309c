import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { yamlText } from "./yaml-text.ts";

describe("yamlText", () => {
  const texts = [
    ...[
      "",
      "plain",
      "two words",
      "yes",
      "012",
      "1e3",
      "a: b",
      "- x",
      "# no",
      "'",
      '"',
      "\\",
      "null",
      "2020-01-01",
    ],
    ...[
      "one\ntwo",
      "one\ntwo\n",
      "one\n\ntwo\n\n\n",
      " starts with a space\nx",
      "ends with one \nx",
      "tab\tin\n",
      "\n",
      "\nx",
    ],
    ...["a\r\nb", "x\u0000\n", "é\nü", "\ud83d\ude00\nx", "key: |\n  nested\n", "%\n---\n"],
  ];

  test("is read back as it was, as a value, an item and below others", () => {
    for (const text of texts) {
      const value = { a: text, list: [text, { b: text }], deep: { c: { d: text } } };
      expect(parse(yamlText(value))).toEqual(value);
    }
  });

  test("writes texts of several lines as people do", () => {
    expect(yamlText({ script: "one\n  two\n", last: "a\nb" })).toBe(
      "script: |\n  one\n    two\nlast: |-\n  a\n  b\n",
    );
  });
});
