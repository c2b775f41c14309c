// Fails when a file imports from a room it must not, when imports run in a circle, when the
// kernel is touched outside its door, or when a file only passes on other files' exports.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { exceptions, kernelDoors, rooms } from "./rooms.ts";

export interface SourceFile {
  /** Below src/, for example `engine/start.ts`. */
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const longFile = 250;

export function importsOf(text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found: Import[] = [];
  for (const match of code.matchAll(/^\s*(?:import|export)\b([^"';]*?)\bfrom\s*["']([^"']+)["']/gm)) {
    found.push({ specifier: match[2] ?? "", typeOnly: isTypeOnly(match[1] ?? "") });
  }
  for (const match of code.matchAll(/^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm)) {
    found.push({ specifier: match[1] ?? match[2] ?? "", typeOnly: false });
  }
  return found;
}

function isTypeOnly(clause: string): boolean {
  const text = clause.trim();
  if (text.startsWith("type ")) return true;
  const names = /^\{([\s\S]*)\}$/
    .exec(text)?.[1]
    ?.split(",")
    .map((name) => name.trim());
  return names?.every((name) => name === "" || name.startsWith("type ")) ?? false;
}

export function checkRooms(files: readonly SourceFile[]): string[] {
  const problems: string[] = [];
  const report = (file: string, rule: string, sentence: string) => {
    if (!exceptions.some((entry) => entry.file === file && entry.rule === rule)) problems.push(sentence);
  };
  const known = new Set(files.map((file) => file.path));
  const graph = new Map<string, string[]>();
  for (const file of files) {
    const isTest = file.path.endsWith(".test.ts");
    const roomName = file.path.split("/")[0] ?? "";
    const room = rooms[roomName];
    if (!room) {
      problems.push(`src/${file.path}: there is no room named ${roomName} (tools/rooms.ts lists them)`);
      continue;
    }
    if (/(^|\/)(utils?|helpers?|misc|common|index)(\/|\.ts$)/.test(file.path)) {
      report(file.path, "name", `src/${file.path}: the name says nothing, name it for what it does`);
    }
    const imports = importsOf(file.text);
    const targets: string[] = [];
    graph.set(file.path, targets);
    for (const { specifier, typeOnly } of imports) {
      if (!specifier.startsWith(".")) continue;
      const target = normalize(join(dirname(file.path), specifier));
      if (target.startsWith("..")) continue;
      if (known.has(target)) targets.push(target);
      const targetRoom = target.split("/")[0] ?? "";
      const allowed =
        isTest ||
        targetRoom === roomName ||
        room.mayImport.includes("*") ||
        room.mayImport.includes(targetRoom) ||
        (typeOnly && (room.typesFrom?.includes(targetRoom) ?? false));
      if (!allowed) {
        report(
          file.path,
          "import",
          `src/${file.path}: ${roomName}/ must not import ${typeOnly ? "even types " : ""}from ${targetRoom}/ (${specifier})`,
        );
      }
    }
    if (isTest) continue;
    if (roomName !== "sys") {
      for (const { what, pattern } of kernelDoors) {
        if (pattern.test(file.text)) report(file.path, what, `src/${file.path}: ${what} belongs into sys/`);
      }
    }
    if (isBarrel(file.text))
      report(file.path, "barrel", `src/${file.path}: only passes on exports of other files`);
  }
  for (const circle of circles(graph)) problems.push(`imports run in a circle: ${circle.join(" -> ")}`);
  return problems;
}

function isBarrel(text: string): boolean {
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .trim();
  return (
    code !== "" &&
    code
      .replace(/export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s*["'][^"']+["'];?/g, "")
      .trim() === ""
  );
}

/** One circle for each group of files that reach each other. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const state = new Map<string, "open" | "done">();
  const path: string[] = [];
  const found: string[][] = [];
  const visit = (file: string) => {
    state.set(file, "open");
    path.push(file);
    for (const target of graph.get(file) ?? []) {
      if (state.get(target) === "open") found.push([...path.slice(path.indexOf(target)), target]);
      else if (!state.has(target)) visit(target);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return found;
}

export function readSources(root: string): SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

if (import.meta.main) {
  const files = readSources(join(import.meta.dir, "../src"));
  const problems = checkRooms(files);
  for (const problem of problems) console.error(problem);
  const long = files
    .map((file) => ({ path: file.path, lines: file.text.split("\n").length - 1 }))
    .filter(
      ({ path, lines }) => lines > longFile && !path.includes("generated") && !path.endsWith(".test.ts"),
    )
    .sort((a, b) => b.lines - a.lines);
  for (const { path, lines } of long) console.log(`long: src/${path} has ${lines} lines`);
  console.log(
    `rooms: ${files.length} files, ${problems.length} problems, ${long.length} longer than ${longFile} lines`,
  );
  if (problems.length > 0) process.exit(1);
}
