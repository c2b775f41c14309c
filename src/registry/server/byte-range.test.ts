import { describe, expect, test } from "bun:test";
import { parseByteRange, parseChunkRange } from "./byte-range.ts";

describe("parseByteRange()", () => {
  test.each([
    ["bytes=0-0", 10, { start: 0, end: 1 }],
    ["bytes=3-", 10, { start: 3, end: 10 }],
    ["bytes=-4", 10, { start: 6, end: 10 }],
    ["bytes=-40", 10, { start: 0, end: 10 }],
    ["bytes=9-99", 10, { start: 9, end: 10 }],
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=0-", 0, "unsatisfiable"],
    ["bytes=5-4", 10, undefined],
    ["bytes=0-1,4-5", 10, undefined],
    ["lines=0-1", 10, undefined],
    ["bytes=-", 10, undefined],
    [undefined, 10, undefined],
  ] as const)("%p of %p bytes is %p", (header, size, expected) => {
    expect(parseByteRange(header, size)).toEqual(expected);
  });
});

describe("parseChunkRange()", () => {
  test.each([
    ["0-9", { start: 0, end: 10 }],
    ["bytes 10-19/*", { start: 10, end: 20 }],
    ["9-0", undefined],
    ["-9", undefined],
    ["0-x", undefined],
  ] as const)("%p is %p", (header, expected) => {
    expect(parseChunkRange(header)).toEqual(expected);
  });
});
