import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkRooms, importsOf, readSources } from "./check-rooms.ts";
import { rooms, roomsTable } from "./rooms.ts";

const check = (files: Record<string, string>) =>
  checkRooms(Object.entries(files).map(([path, text]) => ({ path, text })));

describe("checkRooms()", () => {
  test("refuses an import that points up", () => {
    expect(check({ "sys/a.ts": `import { x } from "../engine/b.ts";`, "engine/b.ts": "" })).toEqual([
      "src/sys/a.ts: sys/ must not import from engine/ (../engine/b.ts)",
    ]);
  });

  test("counts type imports and imports made later", () => {
    expect(check({ "cli/a.ts": `import type { X } from "../engine/b.ts";` })).toHaveLength(1);
    expect(check({ "cli/a.ts": `const x = await import("../engine/b.ts");` })).toHaveLength(1);
    expect(check({ "cli/a.ts": `export { x } from "../engine/b.ts";\nexport const y = 1;` })).toHaveLength(1);
  });

  test("lets a room take types, but no code, where the table says so", () => {
    expect(check({ "runtime/a.ts": `import type { X } from "../records/b.ts";` })).toEqual([]);
    expect(check({ "runtime/a.ts": `import { type X } from "../records/b.ts";` })).toEqual([]);
    expect(check({ "runtime/a.ts": `import { type X, y } from "../records/b.ts";` })).toHaveLength(1);
  });

  test("lets tests import anything", () => {
    expect(check({ "sys/a.test.ts": `import { x } from "../engine/b.ts";` })).toEqual([]);
  });

  test("finds circles", () => {
    const circle = check({ "lib/a.ts": `import "./b.ts";`, "lib/b.ts": `import { c } from "./a.ts";` });
    expect(circle).toEqual(["imports run in a circle: lib/a.ts -> lib/b.ts -> lib/a.ts"]);
  });

  test("keeps the kernel behind sys/", () => {
    for (const text of [
      `import { dlopen } from "bun:ffi";`,
      `import { spawn } from "node:child_process";`,
      `Bun.spawn(["ls"]);`,
      "const a = readFileSync(`/proc/1/stat`);",
      `await Bun.file("/sys/fs/cgroup").text();`,
    ]) {
      expect(check({ "engine/a.ts": text })).toHaveLength(1);
      expect(check({ "sys/a.ts": text })).toEqual([]);
    }
    expect(check({ "runtime/a.ts": `const masked = ["/proc/kcore", "/sys/firmware"];` })).toEqual([]);
  });

  test("refuses barrels, names that say nothing and unknown rooms", () => {
    expect(check({ "lib/a.ts": `export * from "./b.ts";\nexport { c } from "./c.ts";` })).toHaveLength(1);
    expect(check({ "lib/utils.ts": "export const x = 1;" })).toHaveLength(1);
    expect(check({ "attic/a.ts": "" })).toHaveLength(1);
  });

  test("does not read comments as imports", () => {
    expect(importsOf(`/* import { x } from "../a.ts"; */\n// import "../b.ts";\nimport c from "c";`)).toEqual(
      [{ specifier: "c", typeOnly: false }],
    );
  });
});

describe("the rooms", () => {
  test("may import only from the same floor or below", () => {
    for (const [name, room] of Object.entries(rooms)) {
      for (const target of [...room.mayImport, ...(room.typesFrom ?? [])]) {
        if (target !== "*")
          expect(`${name} ${room.floor >= (rooms[target]?.floor ?? 99)}`).toBe(`${name} true`);
      }
    }
  });

  test("stand in ARCHITECTURE.md as they are enforced", () => {
    const page = readFileSync(join(import.meta.dir, "../ARCHITECTURE.md"), "utf8");
    const plain = (text: string) =>
      text
        .replace(/ +/g, " ")
        .replace(/-{3,}/g, "---")
        .replace(/\| ---/g, "|---")
        .replace(/--- \|/g, "---|");
    expect(plain(page)).toContain(plain(roomsTable()));
  });

  test("are kept by every file of this project", () => {
    expect(checkRooms(readSources(join(import.meta.dir, "../src")))).toEqual([]);
  });
});
