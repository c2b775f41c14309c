import { describe, expect, test } from "bun:test";
import { Float, type GoValue } from "./go-value.ts";
import { yamlDocument } from "./go-yaml.ts";

/** Texts as go-yaml writes them behind `x: `; taken from its output. */
const scalars: readonly (readonly [string, string])[] = [
  ["plain text", "plain text"],
  ["", '""'],
  ["yes", '"yes"'],
  ["null", '"null"'],
  ["0x1F", '"0x1F"'],
  ["08", '"08"'],
  ["12:30:45", '"12:30:45"'],
  ["80:80", "80:80"],
  ["22:22", '"22:22"'],
  ["2001-1-2", '"2001-1-2"'],
  ["2001-02-30", "2001-02-30"],
  ["1.5", '"1.5"'],
  ["1.5.2", "1.5.2"],
  ["a: b", "'a: b'"],
  ["a #b", "'a #b'"],
  ["a#b", "a#b"],
  ["#b", "'#b'"],
  ["it's", "it's"],
  ["'quoted'", "'''quoted'''"],
  ["{{.Name}}", "'{{.Name}}'"],
  ["a{{.Name}}", "a{{.Name}}"],
  ["- item", "'- item'"],
  ["-item", "-item"],
  ["*.log", "'*.log'"],
  ["$VAR", "$VAR"],
  [" padded ", "' padded '"],
  ["tab\there", '"tab\\there"'],
  ["two\nlines", "|-\n  two\n  lines"],
  ["two\nlines\n", "|\n  two\n  lines"],
  ["two\nlines\n\n", "|+\n  two\n  lines\n"],
  ["  led\nin", "|2-\n    led\n  in"],
  ["a \nb", '"a \\nb"'],
  ["ends in \n space ", '"ends in \\n space "'],
  ["é and ü", "é and ü"],
  ["\u{1f600}", '"\\U0001F600"'],
  ["\u0007", '"\\a"'],
];

describe("yamlDocument", () => {
  test.each(scalars)("%j is quoted as go-yaml quotes it", (text, expected) => {
    expect(yamlDocument(new Map([["x", text]]))).toBe(`x: ${expected}\n`);
  });

  test("lists stand two further in than their key, maps in them behind the dash", () => {
    const value: GoValue = new Map<string, GoValue>([
      [
        "ports",
        [
          new Map<string, GoValue>([
            ["target", 80],
            ["published", "8080"],
          ]),
        ],
      ],
      ["command", ["a", ["b", "c"]]],
      ["empty", []],
      ["none", new Map()],
      ["null", null],
    ]);
    expect(yamlDocument(value)).toBe(
      'ports:\n  - target: 80\n    published: "8080"\ncommand:\n  - a\n  - - b\n    - c\nempty: []\nnone: {}\n"null": null\n',
    );
  });

  test("long keys and keys of two lines stand behind a question mark", () => {
    const long = "k".repeat(129);
    expect(yamlDocument(new Map([[long, "v"]]))).toBe(`? ${long}\n: v\n`);
    expect(yamlDocument(new Map([["a\nb", "v"]]))).toBe("? |-\n  a\n  b\n: v\n");
  });

  test("floats have an exponent from a million on", () => {
    const floats = [
      new Float(0.5, 32),
      new Float(0.1, 32),
      new Float(1e6, 64),
      new Float(123456.75, 64),
      new Float(1e-5, 64),
    ];
    expect(yamlDocument(floats)).toBe("- 0.5\n- 0.1\n- 1e+06\n- 123456.75\n- 1e-05\n");
  });
});
