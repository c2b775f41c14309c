import { execFileSync } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The Bun that is pinned in package.json. npm's link is made by an install script, which some
 * npm versions do not run: then the executable inside the platform package is the same file.
 */
export function bunPath() {
  const candidates = [join(root, "node_modules/.bin/bun")];
  try {
    for (const name of readdirSync(join(root, "node_modules/@oven"))) {
      candidates.push(join(root, "node_modules/@oven", name, "bin/bun"));
    }
  } catch {
    // no packages: said below
  }
  for (const path of candidates) {
    try {
      accessSync(path, constants.X_OK);
      execFileSync(path, ["--version"], { stdio: "ignore" });
      return path;
    } catch {
      // not there, or of another platform
    }
  }
  throw new Error("Bun is not there: run `npm ci` first");
}
