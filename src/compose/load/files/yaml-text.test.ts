import { expect, test } from "bun:test";
import { yamlText } from "./yaml-text.ts";

test("a file of either UTF-16 is read as the same file of UTF-8 is", () => {
  const text = "services:\n  é: {image: x}\n";
  const little = Buffer.from(`\uFEFF${text}`, "utf16le");
  expect(yamlText("f", little)).toBe(text);
  expect(yamlText("f", Buffer.from(little).swap16())).toBe(text);
  expect(yamlText("f", Buffer.from(text))).toBe(text);
});

test("what is no UTF-8 is refused where it stands", () => {
  const bytes = Buffer.concat([Buffer.from("services:\n  a: "), Buffer.from([0xff, 0x0a])]);
  expect(() => yamlText("f", bytes)).toThrow("f:2:6: these bytes are no UTF-8");
});
