import { describe, expect, test } from "bun:test";
import { ago } from "./ago.ts";
import { binarySize, humanSize } from "./human-size.ts";
import { alignColumns, formatList } from "./table.ts";

const layout = {
  columns: "{{.Name}}\t{{.Size}}\t{{.Note}}",
  quiet: "{{.Name}}",
  headers: { Name: "NAME", Size: "SIZE", Note: "NOTE" },
};
const rows = [
  { Name: "a", Size: 1, Note: "" },
  { Name: "a-long-name", Size: 22, Note: "é" },
];

describe("formatList()", () => {
  test("prints a table by default, with blanks behind all but the last column", () => {
    expect(formatList(layout, rows, {})).toBe(
      "NAME          SIZE      NOTE\na             1         \na-long-name   22        é\n",
    );
    expect(formatList(layout, [], { format: "table" })).toBe("NAME      SIZE      NOTE\n");
  });

  test("prints what --quiet, json and templates ask for", () => {
    expect(formatList(layout, rows, { quiet: true })).toBe("a\na-long-name\n");
    expect(formatList(layout, rows, { format: "json" }).split("\n")[0]).toBe(
      '{"Name":"a","Note":"","Size":1}',
    );
    expect(formatList(layout, rows, { format: "{{.Size}}-{{json .Name}}" })).toBe(
      '1-"a"\n22-"a-long-name"\n',
    );
  });

  test("a table of one's own has heads, also under functions and for fields without one", () => {
    expect(formatList(layout, rows, { format: "table {{.Size}}\\t{{upper .Name}}" })).toBe(
      "SIZE      NAME\n1         A\n22        A-LONG-NAME\n",
    );
    const other = [{ Name: "a", Other: 1 }];
    expect(formatList(layout, other, { format: "table {{.Name}}\\t{{.Other}}" })).toBe(
      "NAME      <no value>\na         1\n",
    );
  });
});

test("alignColumns() gives a column its width as long as lines have it", () => {
  expect(alignColumns(["a\tb", "long-enough-cell\tc", "none", "x\ty"], 0, 1)).toBe(
    "a                b\nlong-enough-cell c\nnone\nx y\n",
  );
});

test("humanSize() and binarySize() print as the docker program does", () => {
  expect([0, 999, 1000, 1_240_000, 4_261_550, 999_999, 1e9, 12_345].map((bytes) => humanSize(bytes))).toEqual(
    ["0B", "999B", "1kB", "1.24MB", "4.26MB", "1e+03kB", "1GB", "12.3kB"],
  );
  expect(humanSize(4_261_550, 4)).toBe("4.262MB");
  expect([1536, 1048576].map((bytes) => binarySize(bytes))).toEqual(["1.5KiB", "1MiB"]);
});

test("ago() says how long a moment is past", () => {
  expect(ago(1000, 1_060_000)).toBe("About a minute ago");
});
