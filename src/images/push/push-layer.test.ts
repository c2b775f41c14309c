import { expect, test } from "bun:test";
import { mountCandidates } from "./push-layer.ts";

test("a blob is mounted from the same registry only, and from the most similar name first", () => {
  const sources = [
    "docker.io/library/busybox",
    "reg:5000/a",
    "reg:5000/team/app",
    "reg:5000/team/other",
    "reg:5000/team/app/base",
    "reg:50001/team/app",
    "reg:5000/z",
  ];
  expect(mountCandidates(sources, { domain: "reg:5000", path: "team/app", tag: "1" })).toEqual([
    "team/app/base",
    "team/other",
    "a",
  ]);
  expect(mountCandidates(sources, { domain: "docker.io", path: "library/x" })).toEqual(["library/busybox"]);
  expect(mountCandidates([], { domain: "reg:5000", path: "x" })).toEqual([]);
});
