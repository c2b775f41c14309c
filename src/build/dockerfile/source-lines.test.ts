import { describe, expect, test } from "bun:test";
import { sourceLines } from "./source-lines.ts";

const file = { name: "web.Dockerfile", text: "\uFEFFFROM a\r\n\tRUN b\nCOPY --x c d\nCMD e\nUSER f\n" };

const range = (line: number, from: number, endLine: number, to: number) => ({
  start: { line, column: from },
  end: { line: endLine, column: to },
});

describe("sourceLines", () => {
  test("marks a part of a line", () => {
    expect(sourceLines(file, range(3, 6, 3, 9), 1)).toEqual([
      "web.Dockerfile:3",
      "--------------------",
      "   2 |     \tRUN b",
      "   3 | >>> COPY --x c d",
      "     |          ^^^",
      "   4 |     CMD e",
      "--------------------",
    ]);
  });

  test("does not mark whole lines a second time", () => {
    expect(sourceLines(file, range(2, 2, 3, 12), 0)).toEqual([
      "web.Dockerfile:2",
      "--------------------",
      "   2 | >>> \tRUN b",
      "   3 | >>> COPY --x c d",
      "--------------------",
    ]);
  });

  test("ends where the file does", () => {
    expect(sourceLines(file, range(5, 1, 5, 7)).slice(2, -1)).toEqual([
      "   3 |     COPY --x c d",
      "   4 |     CMD e",
      "   5 | >>> USER f",
    ]);
    expect(sourceLines({ name: "-", text: "" }, range(1, 1, 1, 1))).toHaveLength(3);
  });

  test("keeps tabs under the mark", () => {
    expect(sourceLines(file, range(2, 6, 2, 7), 0)[3]).toBe("     |     \t    ^");
  });
});
