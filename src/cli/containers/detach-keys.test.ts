import { expect, test } from "bun:test";
import { DetachScanner, parseDetachKeys } from "./detach-keys.ts";

test.each([
  ["ctrl-p,ctrl-q", [16, 17]],
  ["a", [97]],
  ["ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_", [0, 27, 28, 29, 30, 31]],
  ["ctrl-X,D", [24, 68]],
])("parseDetachKeys(%j)", (text, expected) => {
  expect(parseDetachKeys(text)).toEqual(expected);
});

test.each(["ctrl-nonsense", "", "ctrl-", "ctrl-1"])("parseDetachKeys(%j) is refused", (text) => {
  expect(() => parseDetachKeys(text)).toThrow(`Unknown character: '${text}'`);
});

const typed = (...pieces: string[]) => {
  const scanner = new DetachScanner(parseDetachKeys("ctrl-p,ctrl-q"));
  let seen = "";
  for (const piece of pieces) {
    const { pass, detached } = scanner.push(Buffer.from(piece));
    seen += Buffer.from(pass).toString();
    if (detached) return `${seen}!`;
  }
  return seen;
};

test("the keys are found, also in pieces; all else goes through", () => {
  expect(typed("ab\x10\x11cd")).toBe("ab!");
  expect(typed("ab\x10", "\x11")).toBe("ab!");
  expect(typed("a\x10b")).toBe("a\x10b");
  expect(typed("\x10\x10\x11")).toBe("\x10!");
  expect(typed("\x11\x10")).toBe("\x11");
});
