import { describe, expect, test } from "bun:test";
import { DetachScanner, parseDetachKeys } from "./detach-keys.ts";

describe("parseDetachKeys", () => {
  test.each([
    ["", [16, 17]],
    ["ctrl-p,ctrl-q", [16, 17]],
    ["ctrl-@,a,ctrl-_", [0, 97, 31]],
    ["DEL,ctrl-[,ctrl-\\,ctrl-],ctrl-^", [127, 27, 28, 29, 30]],
    ["A", [65]],
  ])("%p", (text, keys) => {
    expect([...parseDetachKeys(text)]).toEqual(keys);
  });

  test.each(["ctrl-", "ctrl-P", "ab", "a,,b", "ctrl-1", "é"])("refuses %p", (text) => {
    expect(() => parseDetachKeys(text)).toThrow(`Invalid detach keys (${text}) provided`);
  });
});

describe("DetachScanner", () => {
  const p = 16;
  const q = 17;
  const run = (...chunks: number[][]) => {
    const scanner = new DetachScanner(Uint8Array.of(p, q));
    return chunks.map((chunk) => {
      const { pass, detached } = scanner.feed(Uint8Array.from(chunk));
      return detached ? [...pass, "detached"] : [...pass];
    });
  };

  test("passes what stands before the sequence and nothing after it", () => {
    expect(run([1, 2, p, q, 3])).toEqual([[1, 2, "detached"]]);
  });

  test("finds the sequence across chunks and holds its beginning back", () => {
    expect(run([1, p], [q])).toEqual([[1], ["detached"]]);
  });

  test("gives held keys back when the sequence breaks, in the same or a later chunk", () => {
    expect(run([p, 1])).toEqual([[p, 1]]);
    expect(run([p], [], [1])).toEqual([[], [], [p, 1]]);
  });

  test("the key that breaks a sequence does not begin the next", () => {
    expect(run([p, p, q])).toEqual([[p, p, q]]);
  });

  test("passes everything without keys", () => {
    const { pass, detached } = new DetachScanner(new Uint8Array()).feed(Uint8Array.of(p, q));
    expect([...pass]).toEqual([p, q]);
    expect(detached).toBe(false);
  });
});
