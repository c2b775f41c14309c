import { expect, test } from "bun:test";
import { painter } from "../../terminal/colours.ts";
import { menuAction, menuLine } from "./menu-line.ts";

const state = { watching: undefined, stopping: false, doing: "", notice: "" };
const line = (change = {}, columns = 80) => menuLine({ ...state, ...change }, columns, painter(false));

test("the keys that do something, and what is waited for", () => {
  expect(line()).toBe(" d  Detach    q  Stop");
  expect(line({ watching: false })).toBe(" w  Enable Watch    d  Detach    q  Stop");
  expect(line({ watching: true, doing: "Waiting for db…" })).toBe(
    " w  Disable Watch    d  Detach    q  Stop   Waiting for db…",
  );
  expect(line({ stopping: true })).toBe("Stopping… press Ctrl+C again to kill");
  expect(line({ stopping: true, notice: "something" })).toBe("something");
});

test.each([5, 12, 20, 40])("is never wider than a window of %i columns", (columns) => {
  for (const change of [
    { watching: false, doing: "Waiting for a-long-name" },
    { notice: "x".repeat(99) },
    { stopping: true },
  ])
    expect(line(change, columns).length).toBeLessThan(columns);
});

test("keys", () => {
  const action = (name: string) => menuAction({ name, text: "" });
  expect(["d", "q", "ctrl-c", "w", "ctrl-z", "enter", "x"].map(action)).toEqual([
    "detach",
    "stop",
    "stop",
    "watch",
    "suspend",
    "blank line",
    undefined,
  ]);
});
