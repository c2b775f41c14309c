// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language under test
import { describe, expect, test } from "bun:test";
import { InvalidTemplate, MissingVariable, substitute, type VariableUse } from "./substitute.ts";

const values: Record<string, string> = { FOO: "first", EMPTY: "", BAR: "bar", json: "{}" };
const lookup = (name: string) => values[name];

describe("what a text becomes", () => {
  const cases: readonly [string, string][] = [
    ["plain", "plain"],
    ["$FOO", "first"],
    ["${FOO}", "first"],
    ["a-$FOO-${BAR}-z", "a-first-bar-z"],
    ["$$FOO", "$FOO"],
    ["$$$FOO", "$first"],
    ["$${FOO}", "${FOO}"],
    ["$5 and $", "$5 and $"],
    ["${UNSET}", ""],
    ["${UNSET:-default}", "default"],
    ["${UNSET-default}", "default"],
    ["${EMPTY:-default}", "default"],
    ["${EMPTY-default}", ""],
    ["${FOO:-default}", "first"],
    ["${UNSET:+there}", ""],
    ["${EMPTY:+there}", ""],
    ["${EMPTY+there}", "there"],
    ["${FOO:+there}", "there"],
    ["${UNSET:-}", ""],
    ["${UNSET:-${FOO}}", "first"],
    ["${UNSET:-a${ALSO:-b${FOO}c}d}", "abfirstcd"],
    ["${UNSET:-$FOO}$BAR", "firstbar"],
    ["${UNSET:-x}${UNSET:-y}", "xy"],
    ['${UNSET:-{"a":{"b":1}}} end', '{"a":{"b":1}} end'],
    ["${FOO:?must}", "first"],
    ["${EMPTY?must}", ""],
    ["${UNSET:-a:-b}", "a:-b"],
    ["${UNSET-http://x?y=z}", "http://x?y=z"],
    ["${UNSET:-$$FOO}", "$FOO"],
    ["${foo:-lower}", "lower"],
  ];
  for (const [text, expected] of cases) {
    test(text, () => expect(substitute(text, lookup)).toBe(expected));
  }
});

describe("what is refused", () => {
  for (const text of [
    "${",
    "${}",
    "${ FOO}",
    "${FOO",
    "${FOO}${",
    "${FOO!x}",
    "${1A}",
    "${A:=b}",
    "${A:-b\nc}",
  ]) {
    test(JSON.stringify(text), () => expect(() => substitute(text, lookup)).toThrow(InvalidTemplate));
  }

  test("of a script only the line with the mistake is shown", () => {
    expect(() => substitute("set -e\necho ${FOO!}\nexit\n", lookup)).toThrow(
      'invalid interpolation format: "${FOO!}"',
    );
  });

  test("a required variable without a value, with its reason expanded", () => {
    expect(() => substitute("${UNSET:?set it, $FOO}", lookup)).toThrow(
      "required variable UNSET is missing a value: set it, first",
    );
    expect(() => substitute("${EMPTY:?}", lookup)).toThrow(MissingVariable);
    expect(() => substitute("${UNSET?}", lookup)).toThrow("required variable UNSET is missing a value");
  });

  test("a mistake in a default that is not taken", () => {
    expect(() => substitute("${FOO:-${}}", lookup)).toThrow(InvalidTemplate);
  });
});

test("the listener hears every use, and of unset variables only where they count", () => {
  const uses: VariableUse[] = [];
  const unset: string[] = [];
  substitute("${FOO:-$NOT_TAKEN} ${A:-$B} $C", lookup, {
    used: (use) => uses.push(use),
    unset: (name) => unset.push(name),
  });
  expect(unset).toEqual(["B", "C"]);
  expect(uses.map(({ name, operator, argument, becomes }) => [name, operator, argument, becomes])).toEqual([
    ["FOO", ":-", "$NOT_TAKEN", "first"],
    ["NOT_TAKEN", "", "", ""],
    ["A", ":-", "$B", ""],
    ["B", "", "", ""],
    ["C", "", "", ""],
  ]);
});
