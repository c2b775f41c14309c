import { dirname, join, resolve } from "node:path";
import { notFound } from "../../../errors/engine-error.ts";
import { isThere, refuseRemote } from "../files/file-reader.ts";

/** By falling preference. */
const usualNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const overrideNames = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
];

/** The files COMPOSE_FILE names. */
export function filesOfVariable(
  value: string,
  separator: string | undefined,
  workingDirectory: string,
): string[] {
  return value.split(separator || ":").map((name) => {
    if (name === "-") return name;
    refuseRemote(name);
    const file = resolve(workingDirectory, name);
    if (!isThere(file)) throw notFound(`stat ${file}: no such file or directory`);
    return file;
  });
}

/** The usual file in a directory or the nearest one above, and what overrides it beside it. */
export function findFiles(directory: string, warn: (sentence: string) => void): string[] {
  for (let current = directory; ; current = dirname(current)) {
    const candidates = present(usualNames, current);
    const [winner] = candidates;
    if (winner !== undefined) {
      if (candidates.length > 1) {
        warn(`Found multiple config files with supported names: ${candidates.join(", ")}`);
        warn(`Using ${winner}`);
      }
      return [winner, ...overrideIn(current, warn)];
    }
    if (dirname(current) === current) return [];
  }
}

function overrideIn(directory: string, warn: (sentence: string) => void): string[] {
  const candidates = present(overrideNames, directory);
  if (candidates.length > 1) {
    warn(`Found multiple override files with supported names: ${candidates.join(", ")}`);
    warn(`Using ${candidates[0]}`);
  }
  return candidates.slice(0, 1);
}

function present(names: readonly string[], directory: string): string[] {
  return names.map((name) => join(directory, name)).filter(isThere);
}
