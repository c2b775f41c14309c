import { expect, test } from "bun:test";
import { KeyDecoder } from "./keys.ts";

const names = (...pieces: string[]) => {
  const decoder = new KeyDecoder();
  const keys = pieces.flatMap((piece) => decoder.push(Buffer.from(piece)));
  return [...keys, ...decoder.flush()].map(({ name }) => name);
};

test.each([
  ["aB ", ["a", "B", "space"]],
  ["\u0003\u001a\r\t\x7f", ["ctrl-c", "ctrl-z", "enter", "tab", "backspace"]],
  ["\x1b[A\x1b[B\x1bOC\x1bOD", ["up", "down", "right", "left"]],
  ["\x1b[5~\x1b[6~\x1b[3~\x1b[15~\x1bOP", ["pageup", "pagedown", "delete", "f5", "f1"]],
  ["\x1b[1;5C\x1b[1;2A\x1b[3;5~", ["ctrl-right", "shift-up", "ctrl-delete"]],
  ["\x1bx", ["alt-x"]],
  ["\x1b", ["escape"]],
  ["\x1b\x1b[A", ["escape", "up"]],
  ["ü漢😀", ["ü", "漢", "😀"]],
  ["\x1b[200~x", ["x"]],
])("keys of %j", (text, expected) => {
  expect(names(text)).toEqual(expected);
});

test("a sequence and a letter that come in pieces are one key", () => {
  expect(names("\x1b", "[", "A")).toEqual(["up"]);
  const bytes = Buffer.from("ü");
  const decoder = new KeyDecoder();
  expect([...decoder.push(bytes.subarray(0, 1)), ...decoder.push(bytes.subarray(1))]).toEqual([
    { name: "ü", text: "ü" },
  ]);
});
