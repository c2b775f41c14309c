import { expect, test } from "bun:test";
import { randomName } from "./random-name.ts";

test("a random name is two lower-case words joined by an underscore", () => {
  for (let i = 0; i < 500; i++) expect(randomName(() => false)).toMatch(/^[a-z]+_[a-z]+$/);
});

test("a random name is never one that is taken, even when all plain ones are", () => {
  const name = randomName((candidate) => /^[a-z_]+$/.test(candidate));
  expect(name).toMatch(/^[a-z]+_[a-z]+\d+$/);
});

test("there are enough names for many containers", () => {
  const taken = new Set<string>();
  for (let i = 0; i < 2000; i++) taken.add(randomName((name) => taken.has(name)));
  expect(taken.size).toBe(2000);
  expect([...taken].filter((name) => /\d/.test(name)).length).toBeLessThan(20);
});
