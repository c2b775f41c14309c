import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** What a command reads before it runs: everything imported for it, and what that imports. */
function loadedBy(...entries: string[]): Map<string, string> {
  const root = join(import.meta.dir, "..");
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  const seen = new Map<string, string>();
  const visit = (path: string, from: string) => {
    if (seen.has(path)) return;
    seen.set(path, from);
    if (!path.endsWith(".ts")) return;
    for (const { path: target, kind } of transpiler.scanImports(readFileSync(path, "utf8"))) {
      if (kind !== "import-statement") continue;
      visit(target.startsWith(".") ? join(dirname(path), target) : target, path);
    }
  };
  for (const entry of entries) visit(join(root, entry), "");
  return new Map([...seen].map(([path, from]) => [path.startsWith("/") ? relative(root, path) : path, from]));
}

/** Quick to load; most others take longer than the program needs to start. */
const quick = ["node:fs", "node:path", "node:os", "node:buffer"];

test.each([
  ["version", "cli/commands/version.ts"],
  ["ps", "cli/commands/ps.ts"],
  ["images", "cli/commands/images.ts"],
  ["run", "cli/commands/container/run.ts"],
  ["exec", "cli/commands/container/exec.ts"],
  ["compose config", "cli/commands/compose/config.ts"],
  ["compose: reading a project", "compose/load/load-project.ts"],
])("hull %s starts quickly: neither slow modules nor the engine are loaded for it", (_, file) => {
  const loaded = loadedBy("main/hull.ts", "cli/connect.ts", "cli/config/config-file.ts", file);
  const slow = [...loaded].filter(([path]) => path.startsWith("node:") && !quick.includes(path));
  expect(slow).toEqual([]);
  const rooms = new Set([...loaded.keys()].map((path) => path.split("/")[0] ?? ""));
  for (const room of ["engine", "server", "records", "sys", "images", "build"]) {
    expect([room, rooms.has(room)]).toEqual([room, false]);
  }
});

test.each([
  ["version", "cli/commands/compose/version.ts"],
  ["ps", "cli/commands/compose/ps.ts"],
  ["ls", "cli/commands/compose/ls.ts"],
  ["exec", "cli/commands/compose/exec.ts"],
  ["run", "cli/commands/compose/run.ts"],
  ["pull", "cli/commands/compose/pull.ts"],
])(
  "hull compose %s starts quickly: what reads files and changes projects is loaded when it is wanted",
  (_, file) => {
    const loaded = loadedBy("main/hull.ts", "cli/connect.ts", "cli/config/config-file.ts", file);
    const slow = [...loaded].filter(([path]) => path.startsWith("node:") && !quick.includes(path));
    expect(slow).toEqual([]);
    const heavy =
      /^(engine|server|records|sys|images|build|compose\/(yaml|schema|load|converge|create|hash))\//;
    // A class without imports of its own, by which mistakes in files are known.
    loaded.delete("compose/load/compose-error.ts");
    expect([...loaded].filter(([path]) => heavy.test(path) || path === "yaml")).toEqual([]);
  },
);
