import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printPlace } from "../../../tests/setup/print-place.ts";
import { isKind } from "../../errors/engine-error.ts";
import { DockerfileError } from "./dockerfile-error.ts";
import { expand } from "./expand-word.ts";
import { lintDockerfile } from "./lint/lint.ts";
import { parseDockerfile, parseTrigger } from "./parse-dockerfile.ts";
import { linesOf } from "./source-lines.ts";

/*
 * Pieces of the corpus thrown together, always the same ones: whatever the text, it is read or refused with a
 * place in it, and lint takes what the parser took. More of them with HULL_TEST_RUNS.
 */
const runs = Number(process.env.HULL_TEST_RUNS ?? 1) * 1500;
const root = join(import.meta.dir, "../../../tests/fixtures/dockerfiles");
const texts = [...new Bun.Glob("*/*.Dockerfile").scanSync(root)]
  .sort()
  .map((path) => readFileSync(join(root, path), "utf8"));
const lines = texts.flatMap((text) => text.split(/(?<=\n)/));
const words = texts.flatMap((text) => text.split(/(?<=[\s=$"'{}[\],:\\<-])/));

/** mulberry32 */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) % below) | 0;
  };
}

function makeText(random: (below: number) => number): string {
  let text = random(3) === 0 ? "" : "FROM busybox\n";
  for (let i = random(8); i >= 0; i--) {
    text += random(3) === 0 ? lines[random(lines.length)] : words[random(words.length)];
    if (random(12) === 0) text += String.fromCharCode(random(0x300));
  }
  return text;
}

function checkPlace(error: unknown, text: string): void {
  expect(error).toBeInstanceOf(DockerfileError);
  if (!(error instanceof DockerfileError)) return;
  const { start, end } = error.range;
  const count = linesOf({ name: "", text }).length;
  expect(start.line).toBeGreaterThanOrEqual(1);
  expect(end.line).toBeLessThanOrEqual(count);
  expect(end.line > start.line || end.column >= start.column).toBe(true);
  expect(printPlace(error.file, error.range).length).toBeGreaterThanOrEqual(3);
}

test("any text is read and linted, or refused with its place", () => {
  const random = createRandom(20);
  let read = 0;
  for (let run = 0; run < runs; run++) {
    const text = makeText(random);
    try {
      lintDockerfile(parseDockerfile({ name: "Dockerfile", text }));
      read++;
    } catch (error) {
      checkPlace(error, text);
    }
  }
  expect(read).toBeGreaterThan(runs / 20);
});

test("any trigger is read or refused", () => {
  const random = createRandom(21);
  for (let run = 0; run < runs; run++) {
    try {
      parseTrigger(words[random(words.length)] + makeText(random));
    } catch (error) {
      expect(error).toBeInstanceOf(DockerfileError);
    }
  }
});

test("any word is expanded or refused", () => {
  const random = createRandom(22);
  const variables = new Map([["A", "a"]]);
  for (let run = 0; run < runs * 4; run++) {
    const word = Array.from({ length: random(5) + 1 }, () => words[random(words.length)]).join("");
    try {
      expand(word, variables, { escape: random(2) === 0 ? "\\" : "`" });
    } catch (error) {
      expect(isKind(error, "invalid_argument")).toBe(true);
    }
  }
});
