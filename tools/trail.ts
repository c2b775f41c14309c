// `npm run trail "run -p"` lists the places a feature passes through, in order.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { trails } from "./trails.ts";

export interface Mark {
  readonly trail: string;
  /** Below src/. */
  readonly file: string;
  readonly line: number;
  /** The code below the mark. */
  readonly code: string;
}

/** Every `// trail: NAME` (several names: separated by commas) below a folder. */
export function findMarks(root: string): Mark[] {
  const marks: Mark[] = [];
  for (const file of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
    if (!file.endsWith(".ts")) continue;
    const lines = readFileSync(join(root, file), "utf8").split("\n");
    for (const [index, text] of lines.entries()) {
      const names = /^\s*(?:\/\/|\*)\s*trail: (.+?)\s*$/.exec(text)?.[1];
      if (names === undefined) continue;
      const code = lines.slice(index + 1).find((line) => !/^\s*(\/\/|\/?\*|$)/.test(line)) ?? "";
      for (const trail of names.split(",")) {
        marks.push({ trail: trail.trim(), file, line: index + 1, code: code.trim() });
      }
    }
  }
  return marks;
}

/** What does not fit between the declared trails and the marks. */
export function checkTrails(
  declared: Readonly<Record<string, readonly string[]>>,
  marks: readonly Mark[],
): string[] {
  const problems: string[] = [];
  for (const [trail, files] of Object.entries(declared)) {
    for (const file of files) {
      if (!marks.some((mark) => mark.trail === trail && mark.file === file)) {
        problems.push(`trail "${trail}": src/${file} has no mark "// trail: ${trail}"`);
      }
    }
  }
  for (const mark of marks) {
    if (!declared[mark.trail]?.includes(mark.file)) {
      problems.push(`trail "${mark.trail}": src/${mark.file}:${mark.line} is not in tools/trails.ts`);
    }
  }
  return problems;
}

if (import.meta.main) {
  const wanted = process.argv[2];
  const marks = findMarks(join(import.meta.dir, "../src"));
  const files = wanted === undefined ? undefined : trails[wanted];
  if (!files) {
    if (wanted !== undefined) console.error(`there is no trail named "${wanted}"`);
    console.log(
      `trails: ${Object.keys(trails)
        .map((name) => `"${name}"`)
        .join(", ")}`,
    );
    process.exit(wanted === undefined ? 0 : 1);
  }
  for (const file of files) {
    for (const mark of marks.filter((entry) => entry.trail === wanted && entry.file === file)) {
      console.log(`src/${mark.file}:${mark.line}  ${mark.code}`);
    }
  }
}
