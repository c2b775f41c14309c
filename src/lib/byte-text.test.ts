import { expect, test } from "bun:test";
import { bytesFromText, pathArgument, textFromBytes } from "./byte-text.ts";

test("what is UTF-8 is ordinary text", () => {
  for (const text of ["", "plain", "grüße", "日本", "🦊 fox", "a\nb"]) {
    expect(textFromBytes(Buffer.from(text))).toBe(text);
    expect(bytesFromText(text)).toEqual(Buffer.from(text));
    expect(pathArgument(text)).toBe(text);
  }
});

test("all other bytes come back as they were, whatever stands around them", () => {
  const pieces = [
    [0xff],
    [0xe9],
    [0x80],
    [0xc3, 0xbc],
    [0xc3],
    [0xed, 0xb2, 0x80],
    [0xf0, 0x9f, 0xa6, 0x8a],
    [0xf0, 0x9f],
    [0x61],
    [0xc0, 0xaf],
  ];
  for (const a of pieces)
    for (const b of pieces)
      for (const c of pieces) {
        const bytes = Buffer.from([...a, ...b, ...c]);
        expect(bytesFromText(textFromBytes(bytes)).equals(bytes)).toBe(true);
      }
});

test("names that differ in one byte stay different, and differ from the replacement character", () => {
  const names = [[0xe8], [0xe9], [0xef, 0xbf, 0xbd]].map((bytes) => textFromBytes(Buffer.from(bytes)));
  expect(new Set(names).size).toBe(3);
});
