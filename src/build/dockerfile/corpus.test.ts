import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { printDockerfile } from "../../../tests/setup/print-dockerfile.ts";
import { parseIgnoreFile } from "../../lib/ignore-file.ts";
import type { LintFacts } from "./lint/facts.ts";
import { lintDockerfile } from "./lint/lint.ts";
import { parseDockerfile } from "./parse-dockerfile.ts";

/*
 * Every Dockerfile of the corpus against what is written beside it. After a change that is meant:
 * HULL_WRITE_EXPECTED=1 node tools/bun.mjs test src/build/dockerfile/corpus.test.ts
 */
const root = join(import.meta.dir, "../../../tests/fixtures/dockerfiles");
const read = (path: string) => readFileSync(join(root, path), "utf8");

const paths = [...new Bun.Glob("*/*.Dockerfile").scanSync(root)].sort();
const bare = new Map([["PATH", "/bin"]]);

const facts: LintFacts = {
  ignore: parseIgnoreFile(read("context/.dockerignore")),
  environmentOf: ({ from }) => (from.image.startsWith("busybox") ? bare : undefined),
};

describe("the corpus", () => {
  test("is large enough to mean something", () => {
    expect(paths.length).toBeGreaterThan(250);
  });

  test.each(paths)("%s", (path) => {
    const text = read(path);
    const printed = printDockerfile({ name: path.replace(/^.*\//, ""), text }, facts);
    const expected = path.replace(/Dockerfile$/, "expected");
    if (process.env.HULL_WRITE_EXPECTED === "1") writeFileSync(join(root, expected), printed);
    expect(printed).toBe(read(expected));
  });

  test.each(paths.filter((path) => path.startsWith("good/")))("nothing is found in %s", (path) => {
    const dockerfile = parseDockerfile({ name: path, text: read(path) });
    expect(lintDockerfile(dockerfile)).toEqual([]);
  });

  test("every list names files that are there", () => {
    const listed = read("buildable.txt")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.split(/\s+/)[0]);
    for (const path of listed) expect(paths).toContain(path ?? "");
    expect(new Set(listed).size).toBe(listed.length);
  });
});
