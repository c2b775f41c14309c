// Builds dist/hull: the native shim first, then everything as one executable with it inside.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bunPath, root } from "./bun-path.mjs";

const dist = join(root, "dist");
const shim = join(dist, "hull-shim");
const executable = join(dist, "hull");

export async function build({ quiet = false } = {}) {
  mkdirSync(dist, { recursive: true });
  await buildNativeShim();
  const began = Date.now();
  // Written aside: the running executable of an engine must never be half a file.
  const fresh = `${executable}.new`;
  const result = spawnSync(
    bunPath(),
    [
      "build",
      "--compile",
      "--bytecode",
      "--format=esm",
      // What a command does not import is not even read: 10 ms for `hull version` instead of 13.
      "--splitting",
      `--root=${root}`,
      "--sourcemap=inline",
      // An engine must not take settings from files that lie in its working directory.
      "--no-compile-autoload-dotenv",
      "--no-compile-autoload-bunfig",
      `--define=process.env.HULL_BUILD_COMMIT=${JSON.stringify(commit())}`,
      `--define=process.env.HULL_BUILD_TIME=${JSON.stringify(new Date().toISOString())}`,
      join(root, "src/main/hull.ts"),
      ...workers(),
      `--outfile=${fresh}`,
    ],
    { cwd: root, encoding: "utf8" },
  );
  if (result.status !== 0) throw new Error(`bun build failed:\n${result.stdout}${result.stderr}`);
  renameSync(fresh, executable);
  // The maps are inside; Bun leaves those of the chunks here as well.
  for (const name of readdirSync(dist)) if (name.endsWith(".map")) rmSync(join(dist, name));
  if (!quiet) {
    const size = Math.round(statSync(executable).size / 1024 / 1024);
    console.log(`built dist/hull, ${size} MB, in ${Date.now() - began} ms`);
  }
}

async function buildNativeShim() {
  const builder = join(root, "native/build.mjs");
  if (!existsSync(builder)) throw new Error("native/build.mjs is missing: the shim cannot be built");
  const { buildShim } = await import(pathToFileURL(builder).href);
  await buildShim(shim);
}

/** Worker files are entry points of their own: every file that `workerUrl("…")` names. */
function workers() {
  const found = new Set();
  const sources = join(root, "src");
  for (const name of readdirSync(sources, { recursive: true })) {
    if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
    const text = readFileSync(join(sources, name), "utf8");
    if (/new Worker\(\s*new URL\(/.test(text)) {
      throw new Error(
        `src/${name}: a worker is found inside the executable only by workerUrl("room/file.ts")`,
      );
    }
    for (const [, file] of text.matchAll(/workerUrl\("([^"]+)"\)/g)) found.add(join(sources, file));
  }
  return [...found].sort();
}

function commit() {
  try {
    return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await build();
  } catch (error) {
    console.error(`build: ${error.message}`);
    process.exit(1);
  }
}
