import { describe, expect, test } from "bun:test";
import { nearest } from "./nearest.ts";

describe("nearest()", () => {
  const words = ["hosts", "labels", "data-root", "dns", "tls"];
  test.each([
    ["hots", "hosts"],
    ["label", "labels"],
    ["dataroot", "data-root"],
    ["dsn", "dns"],
    ["volumes", undefined],
    ["x", undefined],
    ["", undefined],
  ])("%p is probably %p", (word, expected) => {
    expect(nearest(word, words)).toBe(expected as string);
  });
});
