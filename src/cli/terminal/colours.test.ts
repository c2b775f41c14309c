import { expect, test } from "bun:test";
import { openSync } from "node:fs";
import { mayColour, painter } from "./colours.ts";

/** A file is no terminal. */
const file = openSync("/dev/null", "w");

test.each([
  [{}, false],
  [{ CLICOLOR_FORCE: "1" }, true],
  [{ CLICOLOR_FORCE: "0" }, false],
  [{ CLICOLOR_FORCE: "1", NO_COLOR: "1" }, false],
])("mayColour with %j where there is no terminal", (env, expected) => {
  expect(mayColour(env, file)).toBe(expected);
});

test("a painter that may not paint leaves text alone", () => {
  expect(painter(false)("x", "red")).toBe("x");
  expect(painter(true)("x", "red", "bold")).toBe("\x1b[31;1mx\x1b[0m");
  expect(painter(true)("x")).toBe("x");
});
