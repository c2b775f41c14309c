import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkTrails, findMarks } from "./trail.ts";
import { trails } from "./trails.ts";

describe("trails", () => {
  test("are marked in every file they pass, and nowhere else", () => {
    expect(checkTrails(trails, findMarks(join(import.meta.dir, "../src")))).toEqual([]);
  });
});

describe("findMarks()", () => {
  test("finds several names in one mark and the code below", () => {
    const directory = mkdtempSync(join(tmpdir(), "hull-trail-"));
    try {
      writeFileSync(join(directory, "a.ts"), "// trail: run -p, exec -it\n/** why */\nexport const x = 1;\n");
      expect(findMarks(directory)).toEqual([
        { trail: "run -p", file: "a.ts", line: 1, code: "export const x = 1;" },
        { trail: "exec -it", file: "a.ts", line: 1, code: "export const x = 1;" },
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe("checkTrails()", () => {
  test("names a missing hop and an undeclared one", () => {
    const mark = { trail: "run -p", file: "b.ts", line: 3, code: "" };
    expect(checkTrails({ "run -p": ["a.ts"] }, [mark])).toEqual([
      `trail "run -p": src/a.ts has no mark "// trail: run -p"`,
      `trail "run -p": src/b.ts:3 is not in tools/trails.ts`,
    ]);
  });
});
