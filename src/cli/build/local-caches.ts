import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { invalidArgument, notImplemented } from "../../errors/engine-error.ts";
import { ignoreMatcher } from "../../lib/ignore-file.ts";
import { parseKeyValues } from "../../lib/key-values.ts";
import type { BuildSession } from "./build-session.ts";
import { listContext } from "./list-context.ts";
import { packContext } from "./pack-context.ts";
import { unpackInto } from "./receive-output.ts";

/** A directory of this machine that is a cache; `name` is what the session calls it. */
interface LocalCache {
  readonly name: string;
  readonly directory: string;
}

export interface Caches {
  /** As the API takes them. */
  readonly parameter: readonly string[];
  readonly local: readonly LocalCache[];
}

/** `--cache-from` and `--cache-to`: `key` of a local one is `src` or `dest`. */
export function readCaches(words: readonly string[], key: "src" | "dest"): Caches {
  const local: LocalCache[] = [];
  const parameter = words.map((word) => {
    if (!word.includes("=")) return key === "src" ? word : `type=registry,ref=${word}`;
    const values = parseKeyValues(word);
    if (values.get("type") !== "local") return word;
    const directory = values.get(key);
    if (!directory)
      throw invalidArgument(`local cache ${key === "src" ? "importer" : "exporter"} requires ${key}`);
    for (const option of values.keys()) {
      if (!["type", "mode", key].includes(option))
        throw notImplemented(
          `the option ${JSON.stringify(option)} of cache ${JSON.stringify(word)} is not supported`,
        );
    }
    if (key === "dest") refuseOtherFiles(directory);
    const name = `cache-${key}-${local.length}`;
    local.push({ name, directory });
    const mode = values.get("mode");
    return `type=local,name=${name}${mode ? `,mode=${mode}` : ""}`;
  });
  return { parameter, local };
}

/** The new cache takes the whole directory's place: what is no cache must not be lost by it. */
function refuseOtherFiles(directory: string): void {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const other = names.find((name) => !["blobs", "index.json", "ingest", "oci-layout"].includes(name));
  if (other === undefined) return;
  throw invalidArgument(
    `${JSON.stringify(directory)} is no place for a cache: ${JSON.stringify(other)} in it would be lost`,
  );
}

/** A cache that is not there yet is an empty one. */
export async function sendCaches(
  session: BuildSession,
  { local }: Caches,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, directory } of local) {
    const entries = existsSync(directory) ? listContext(directory, ignoreMatcher([])) : [];
    await session.sendFiles(name, packContext(directory, entries), signal);
  }
}

/** The new cache takes the place of the old one when it is there whole. */
export async function fetchCaches(
  session: BuildSession,
  { local }: Caches,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, directory } of local) {
    const fresh = `${resolve(directory)}.${process.pid}.new`;
    try {
      await unpackInto(await session.fetchFiles(name, signal), fresh);
      refuseOtherFiles(directory);
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(dirname(fresh), { recursive: true });
      renameSync(fresh, directory);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
}
