import { expect, test } from "bun:test";
import { progressBar } from "./progress-bar.ts";

// As dockerd writes them.
test.each([
  [0, 100, `[>${" ".repeat(50)}]       0B/100B`],
  [50, 100, `[${"=".repeat(25)}>${" ".repeat(25)}]      50B/100B`],
  [540_672, 1_069_084, `[${"=".repeat(25)}>${" ".repeat(25)}]  540.7kB/1.069MB`],
  [368_545_280, 368_545_280, `[${"=".repeat(50)}>]  368.5MB/368.5MB`],
  [200, 100, `[${"=".repeat(50)}>]     200B`],
  [1_500_000, 0, "   1.5MB"],
])("progressBar(%d, %d)", (current, total, bar) => {
  expect(progressBar(current, total)).toBe(bar);
});
