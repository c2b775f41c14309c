import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { invalidArgument } from "../../../errors/engine-error.ts";

/** Small letters, digits, hyphens and underscores; a letter or digit at first. */
export function normalizeProjectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}

export function checkProjectName(name: string): void {
  if (normalizeProjectName(name) === name) return;
  throw invalidArgument(
    `invalid project name ${JSON.stringify(name)}: must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number`,
  );
}

/** The name of a project that has been given none. */
export function nameOfDirectory(directory: string, warn: (sentence: string) => void): string {
  const name = basename(directory);
  if (basename(realPath(directory)) !== name) {
    warn(
      `project has been loaded without an explicit name from a symlink. Using name ${JSON.stringify(name)}`,
    );
  }
  return normalizeProjectName(name);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Nothing is there: it is no link either, and reading it will say so.
    return path;
  }
}
