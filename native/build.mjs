// Builds the shim: one static executable. `node native/build.mjs [OUT]`, or buildShim(out) from the build tool.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

export function buildShim(outFile) {
  const sources = readdirSync(here)
    .filter((name) => name.endsWith(".c"))
    .sort()
    .map((name) => join(here, name));
  mkdirSync(dirname(outFile), { recursive: true });
  const flags = ["-O2", "-static", "-s", "-std=gnu11", "-Wall", "-Wextra", "-Werror"];
  const result = spawnSync(process.env.CC || "gcc", [...flags, "-o", outFile, ...sources], {
    stdio: "inherit",
  });
  if (result.error) throw new Error(`cannot run the C compiler: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`the C compiler failed on the shim (exit code ${result.status})`);
  return outFile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(buildShim(process.argv[2] ?? join(here, "..", "dist", "hull-shim")));
}
